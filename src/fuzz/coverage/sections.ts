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

/**
 * The bound up to which everything is surely covered: activations below it are in the covered sections from the first one on, or
 * out of range. A margin of a millionth of the range keeps the float32 arithmetic of `sectionOf` from putting an activation below
 * the bound into a section above it.
 * @param uncovered per section 1 or 0, those of the neuron from `offset` on
 */
export function coveredUpTo(
  sections: Sections,
  neuron: number,
  uncovered: Uint8Array,
  offset: number,
): number {
  const { count, lower, upper, scale } = sections;
  const first = uncovered.subarray(offset, offset + count).indexOf(1);
  if (scale[neuron] === 0 || first < 0) return Infinity;
  const [least, most] = [lower[neuron] as number, upper[neuron] as number];
  return least + (first * (most - least)) / count - 1e-6 * (most - least + Math.abs(least));
}
