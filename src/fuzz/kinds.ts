// Kinds of findings: of one objective and instance, with equal cluster numbers. How often each was confirmed or refused, and
// what more of it is worth a replay.

export type Kind = {
  refused: number;
  confirmed: number;
  /** Least margin of a confirmed one. */
  worst: number;
};

export type Kinds = {
  of(objective: number, instance: number, cluster: number): Kind;
  /** Whether such a row is to be replayed. @param margin as the program has it; undefined: there is none */
  wants(kind: Kind, margin: number | undefined): boolean;
};

/** Rows of a kind that replay refused before the fuzzer stops believing it. */
const refusalsAllowed = 8;
/** Findings of a kind that are replaced by a clearer one. */
const replacementsAllowed = 3;
/** A finding is clearer where its margin is that much greater in size; a first one is always welcome. */
const clearer = 1.5;

/**
 * @param instances how many there are
 * @param once whether one finding of a kind is enough
 */
export function createKinds(instances: number, once: boolean): Kinds {
  // Clusters are numbered without bound, by pairs of classes or nodes of a graph: no one number holds all three.
  const byPlace = new Map<number, Map<number, Kind>>();
  return {
    of(objective, instance, cluster) {
      const place = objective * instances + instance;
      const known = byPlace.get(place) ?? new Map<number, Kind>();
      const kind = known.get(cluster) ?? { refused: 0, confirmed: 0, worst: 0 };
      byPlace.set(place, known.set(cluster, kind));
      return kind;
    },
    wants({ refused, confirmed, worst }, margin) {
      if (refused >= refusalsAllowed) return false;
      if (confirmed === 0) return true;
      if (once || confirmed > replacementsAllowed) return false;
      return depth(margin) < clearer * worst;
    },
  };
}

/** How far a margin is below zero. What has no margin, or NaN for one, is as clear as can be told: by nothing. */
export const depth = (margin: number | undefined): number =>
  margin !== undefined && margin < 0 ? margin : 0;

export function answer(kind: Kind, margin: number | undefined, confirmed: boolean): void {
  if (!confirmed) kind.refused++;
  else {
    kind.confirmed++;
    kind.worst = Math.min(kind.worst, depth(margin));
  }
}
