// Which findings are one failure: same objective, same origin, same number from the objective (a pair of classes, say), and
// features near each other. Leader clustering (Hartigan, Clustering Algorithms, 1975, chapter 3): a finding joins the nearest leader
// within the threshold, or leads a new cluster. One pass, in order of arrival, O(findings * leaders); findings need not be kept,
// and whoever adds the same ones in the same order again gets the same clusters.
import { cosineDistance, directionOf, type NoDirection } from './direction.js';

/** Where nothing is known of the seeds: directions 18 degrees apart. */
export const defaultThreshold = 0.05;

export type ClusterOptions = {
  /** Greatest cosine distance to a leader, 0 to 2; best taken from the seeds (`cluster-threshold.ts`). */
  readonly threshold?: number;
  /** Leaders per group; when there are so many, a finding joins the nearest, however far. Bounds the time of `add`. */
  readonly mostLeaders?: number;
};

export type Clustered = {
  readonly objective: string;
  /** Instance, or class of the seed; 0 where these do not tell failures apart. */
  readonly origin?: number;
  /** What the objective itself tells apart. */
  readonly cluster: number;
  /** Activations of the last hidden layer, or outputs. Those that are not finite, and those all zero, are clusters of their own. */
  readonly features: Float32Array;
};

export type Membership = {
  /** Number of the cluster over all groups, in order of arrival. */
  readonly cluster: number;
  readonly isNew: boolean;
};

export type ClusterSummary = {
  readonly id: number;
  readonly objective: string;
  readonly origin: number;
  /** The objective's number. */
  readonly cluster: number;
  readonly findings: number;
};

export type Clusters = {
  add(finding: Clustered): Membership;
  /** All clusters, in order of arrival. */
  summary(): ClusterSummary[];
};

export function createClusters({
  threshold = defaultThreshold,
  mostLeaders = 256,
}: ClusterOptions = {}): Clusters {
  const groups = new Map<string, Group>();
  const found: { objective: string; origin: number; cluster: number; findings: number }[] = [];

  const groupOf = ({ objective, origin = 0, cluster, features }: Clustered): Group => {
    const key = `${origin}/${cluster}/${features.length}/${objective}`;
    const group = groups.get(key) ?? createGroup(features.length);
    groups.set(key, group);
    return group;
  };
  return {
    add(finding) {
      const group = groupOf(finding);
      const direction = directionOf(finding.features);
      const known = group.find(direction, threshold, mostLeaders);
      const id = known ?? found.length;
      if (known === undefined) {
        const { objective, origin = 0, cluster } = finding;
        found.push({ objective, origin, cluster, findings: 0 });
        group.lead(direction, id);
      }
      const entry = found[id];
      if (entry !== undefined) entry.findings++;
      return { cluster: id, isNew: known === undefined };
    },
    summary: () => found.map((entry, id) => ({ id, ...entry })),
  };
}

/** The clusters that differ by their features only. */
type Group = {
  /** A cluster for such a finding, if there is one. */
  find(direction: Float32Array | NoDirection, threshold: number, mostLeaders: number): number | undefined;
  lead(direction: Float32Array | NoDirection, id: number): void;
};

function createGroup(width: number): Group {
  const withoutDirection = new Map<NoDirection, number>();
  const ids: number[] = [];
  /** [leaders, width], with room for more. */
  let leaders = new Float32Array(width);
  return {
    find(direction, threshold, mostLeaders) {
      if (typeof direction === 'string') return withoutDirection.get(direction);
      let nearest = { id: -1, distance: Infinity };
      for (const [at, id] of ids.entries()) {
        const distance = cosineDistance(direction, leaders, at * width);
        if (distance < nearest.distance) nearest = { id, distance };
      }
      const joins = nearest.distance <= threshold || ids.length >= mostLeaders;
      return joins ? nearest.id : undefined;
    },
    lead(direction, id) {
      if (typeof direction === 'string') {
        withoutDirection.set(direction, id);
        return;
      }
      if ((ids.length + 1) * width > leaders.length) {
        const grown = new Float32Array(2 * leaders.length);
        grown.set(leaders);
        leaders = grown;
      }
      leaders.set(direction, ids.length * width);
      ids.push(id);
    },
  };
}
