// The inputs of a point of coordinates: float32, each within its bounds, and tied as the constraints have it where rounding allows.
import { nextAbove } from '../../base/float32-rounding.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import { admissible, boxCache, clamped } from '../decide/boxes.js';
import type { Coordinates, Moved } from './coordinates.js';
import type { Limit } from './ties.js';

/** @returns [disjunct, coordinates] -> inputs; whether they satisfy the disjunct is for the replay to say */
export function pointMaker(
  disjuncts: readonly Disjunct[],
  { sources, moved }: Coordinates,
): (disjunct: number, point: Float32Array) => Float32Array<ArrayBuffer> {
  const boxOf = boxCache(admissible);
  const representative = new Map(sources.map(({ base, offset }, input) => [offset ?? base, input]));
  return (index, point) => {
    const disjunct = disjuncts[index];
    const values = Float32Array.from(sources, ({ base, offset }) => sum(point, base, offset));
    if (disjunct === undefined) return values;
    const inputs = clamped(boxOf(disjunct), values);
    for (const each of moved) {
      const from = inputs[representative.get(each.base) ?? 0] ?? Number.NaN;
      for (const member of each.members) inputs[member] = within(inputs[member] ?? Number.NaN, from, each);
    }
    return inputs;
  };
}

const sum = (point: Float32Array, base: number, offset: number | undefined): number =>
  (point[base] ?? Number.NaN) + (offset === undefined ? 0 : (point[offset] ?? Number.NaN));

/** A sum was rounded, and bounds moved it: a few float32 further in it may keep its distance again. */
const mostSteps = 4;

function within(value: number, base: number, { most, opposite }: Moved): number {
  let moved = value;
  for (let step = 0; step < mostSteps && passes(moved - base, most); step++) moved = -nextAbove(-moved);
  for (let step = 0; step < mostSteps && passes(base - moved, opposite); step++) moved = nextAbove(moved);
  return moved;
}

const passes = (difference: number, { value, strict }: Limit): boolean =>
  strict ? difference >= value : difference > value;
