// Where an attack starts: points of an instance's box.
import type { Rng } from '../base/rng.js';
import type { InputSet } from '../policy/input-set.js';
import type { Attempt } from './attack-progress.js';

/** Writes one input into `target`, which has the size of one input. */
export type PointMaker = (target: Float32Array, attempt: Attempt, set: InputSet, rng: Rng) => void;

/** The data row itself. */
export const seedPoint: PointMaker = (target, { seed }, set) => {
  target.set(set.seeds.data.subarray(seed * set.size, (seed + 1) * set.size));
};

/** Each element at its least or greatest value. */
export const cornerPoint: PointMaker = (target, { instance }, { size, lower, upper }, rng) => {
  for (let at = 0; at < size; at++) {
    const bounds = rng.uint32() & 1 ? upper : lower;
    target[at] = bounds.data[instance * size + at] ?? 0;
  }
};

/** Uniform in the box. Rounding may leave it by one float, hence the clamp. */
export const randomPoint: PointMaker = (target, { instance }, { size, lower, upper }, rng) => {
  for (let at = 0; at < size; at++) {
    const least = lower.data[instance * size + at] ?? 0;
    const most = upper.data[instance * size + at] ?? 0;
    target[at] = Math.min(Math.max(Math.fround(least + rng.uniform() * (most - least)), least), most);
  }
};
