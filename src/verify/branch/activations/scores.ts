// Which neurons look worth splitting, from one backward pass: two scores, because neither wins everywhere.
import type { Space } from './space.js';

/**
 * Per undecided neuron, from coefficients `influence` of its result and its input `values` at the point where the line is least.
 * `intercepts`: what the upper line's offset takes from the bound (the main term of BaBSR: Bunel et al., arXiv 1909.06588).
 * `losses`: what the relaxation loses at that very point; over all neurons they sum to what the bound misses of the value there.
 */
export function scoresOf(
  { lower, upper, isCut }: Space,
  influence: Float32Array,
  values: Float32Array,
  slopes: Float32Array,
): { readonly intercepts: Float64Array; readonly losses: Float64Array } {
  const [intercepts, losses] = [new Float64Array(lower.length), new Float64Array(lower.length)];
  for (let place = 1; place < lower.length; place++) {
    if (isCut[place] || isCut[place - 1]) continue;
    const [low, high, a] = [lower[place] ?? 0, upper[place] ?? 0, influence[place] ?? 0];
    const value = Math.min(high, Math.max(low, values[place] ?? 0));
    const chord = high / (high - low);
    const result = Math.max(value, 0);
    if (a < 0) {
      intercepts[place] = a * low * chord;
      losses[place] = -a * (chord * (value - low) - result);
    } else losses[place] = a * (result - (slopes[place] ?? 0) * value);
  }
  return { intercepts, losses };
}

/** Up to `most` places, as many by each score, without those that `decided` has, none twice. */
export function candidatesOf(
  scores: readonly (Float64Array | Float32Array)[],
  isDecided: (place: number) => boolean,
  most: number,
): number[] {
  const chosen = new Set<number>();
  scores.forEach((score, at) => {
    const wanted = Math.ceil((most * (at + 1)) / scores.length);
    for (const place of greatest(score, isDecided, most)) if (chosen.size < wanted) chosen.add(place);
  });
  return [...chosen];
}

function greatest(
  score: Float64Array | Float32Array,
  isDecided: (place: number) => boolean,
  most: number,
): number[] {
  const best: number[] = [];
  for (let place = 1; place < score.length; place++) {
    const own = score[place] ?? 0;
    if (isDecided(place) || (best.length === most && own <= (score[best.at(-1) ?? 0] ?? 0))) continue;
    let at = best.length;
    while (at > 0 && (score[best[at - 1] ?? 0] ?? 0) < own) at--;
    best.splice(at, 0, place);
    if (best.length > most) best.pop();
  }
  return best;
}
