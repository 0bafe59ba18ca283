// What a property asks of a classifier's scores at one input: in plain arithmetic, and as the differences of scores that prove it.

/**
 * `wins`: fewer than `rank` other classes have a score that class c does not exceed (rank 1: it exceeds all).
 * `loses`: none of the targets, but for c itself, has the greatest score, alone or among others.
 */
export type Demand =
  | { readonly kind: 'wins'; readonly rank: number }
  | { readonly kind: 'loses'; readonly targets: readonly number[] };

/** The class exceeds all others. */
export const wins: Demand = { kind: 'wins', rank: 1 };

const others = (one: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => at).filter((at) => at !== one);

export const targetsBut = (targets: readonly number[], own: number): number[] =>
  targets.filter((target) => target !== own);

/**
 * How far the demand is from being violated: it holds exactly where this is positive and no score is NaN.
 * @param own class c
 */
export function demandMargin(demand: Demand, scores: ArrayLike<number>, own: number): number {
  const at = (place: number): number => scores[place] ?? Number.NaN;
  if (Number.isNaN(at(own)) || Array.from(scores).some(Number.isNaN)) return Number.NaN;
  // Equal infinities are a tie; what is NaN stays so.
  const difference = (high: number, low: number) => (at(high) === at(low) ? 0 : at(high) - at(low));
  const margin = fromDifferences(demand, difference, scores.length, own);
  // How far equal infinities are from a violation is no number.
  return margin === 0 && demand.kind === 'wins' && !Number.isFinite(at(own)) ? Number.NaN : margin;
}

/** Pairs of classes, of whose differences of scores the margin is made. */
export function pairsOf(
  demand: Demand,
  classes: number,
  own: number,
): (readonly [high: number, low: number])[] {
  if (demand.kind === 'wins') return others(own, classes).map((rival) => [own, rival] as const);
  return targetsBut(demand.targets, own).flatMap((target) =>
    others(target, classes).map((winner) => [winner, target] as const),
  );
}

/** The margin, which grows with every difference: of lower bounds on the differences this is a lower bound. */
export function fromDifferences(
  demand: Demand,
  difference: (high: number, low: number) => number,
  classes: number,
  own: number,
): number {
  if (demand.kind === 'wins') {
    const leads = others(own, classes).map((rival) => difference(own, rival));
    return leads.some(Number.isNaN) ? Number.NaN : (leads.sort((a, b) => a - b)[demand.rank - 1] ?? Infinity);
  }
  const lags = targetsBut(demand.targets, own).map((target) =>
    Math.max(...others(target, classes).map((winner) => difference(winner, target))),
  );
  return Math.min(...lags);
}
