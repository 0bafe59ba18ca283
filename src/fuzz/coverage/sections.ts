// The range of each neuron cut into equal sections, and which of them are covered: what k-multisection coverage counts.
import type { Ranges } from './ranges.js';

export type Sections = {
  readonly count: number;
  /** Least activation, per neuron. */
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  /** Sections per unit of activation; 0 where a neuron is constant and has none. */
  readonly scale: Float32Array;
};

export function sectionsOf({ lower, upper }: Ranges, count: number): Sections {
  const scale = lower.map((least, neuron) => {
    const perUnit = count / ((upper[neuron] as number) - least);
    return Number.isFinite(Math.fround(perUnit)) ? perUnit : 0;
  });
  return { count, lower, upper, scale };
}

/**
 * Number of the section that an activation falls into, -1 where it is out of range. The same operations on float32 as the
 * program's, so that they agree to the last bit.
 */
export function sectionOf({ count, lower, upper, scale }: Sections, neuron: number, value: number): number {
  const [least, perUnit] = [lower[neuron] as number, scale[neuron] as number];
  if (perUnit === 0 || !(value >= least && value <= (upper[neuron] as number))) return -1;
  return Math.min(Math.floor(Math.fround(Math.fround(value - least) * perUnit)), count - 1);
}

/** Bounds of the longest run of covered sections of a neuron: activations from `from` to `to` are surely not new. */
export type CoveredRun = { readonly from: number; readonly to: number };

/**
 * A margin of a millionth of the range keeps the float32 arithmetic of `sectionOf` from putting an activation inside the run into
 * a section outside of it.
 * @param uncovered per section 1 or 0, those of the neuron from `offset` on
 */
export function coveredRun(
  sections: Sections,
  neuron: number,
  uncovered: Uint8Array,
  offset: number,
): CoveredRun {
  const { count, lower, upper, scale } = sections;
  if (scale[neuron] === 0) return { from: -Infinity, to: Infinity };
  const { start, end } = longestZeros(uncovered.subarray(offset, offset + count));
  if (start === end) return { from: Infinity, to: Infinity };
  const [least, most] = [lower[neuron] as number, upper[neuron] as number];
  const slack = 1e-6 * (most - least + Math.abs(least));
  const at = (section: number) => least + (section * (most - least)) / count;
  return {
    from: start === 0 ? -Infinity : at(start) + slack,
    to: end === count ? Infinity : at(end) - slack,
  };
}

function longestZeros(values: Uint8Array): { readonly start: number; readonly end: number } {
  let best = { start: 0, end: 0 };
  let start = 0;
  for (let at = 0; at <= values.length; at++) {
    if (values[at] === 0) continue;
    if (at - start > best.end - best.start) best = { start, end: at };
    start = at + 1;
  }
  return best;
}
