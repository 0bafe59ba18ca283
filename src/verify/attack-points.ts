// Where an attack starts: points of an instance's box.
import type { Rng } from '../base/rng.js';
import { moveIntoBall } from '../policy/ball.js';
import type { InputSet } from '../policy/input-set.js';
import type { Attempt } from './attack-progress.js';

/** Writes one input into `target`, which has the size of one input. */
export type PointMaker = (target: Float32Array, attempt: Attempt, set: InputSet, rng: Rng) => void;

/** The data row itself. */
export const seedPoint: PointMaker = (target, { seed }, set) => {
  target.set(set.seeds.data.subarray(seed * set.size, (seed + 1) * set.size));
};

/** Each element at its least or greatest value. */
export const cornerPoint: PointMaker = (target, attempt, set, rng) => {
  if (set.ball !== undefined) return fewEnds(target, attempt, set, rng);
  const { size, lower, upper } = set;
  const { instance } = attempt;
  for (let at = 0; at < size; at++) {
    const bounds = rng.uint32() & 1 ? upper : lower;
    target[at] = bounds.data[instance * size + at] ?? 0;
  }
};

/** Some elements at an end, so few that they reach it: 1, 2, 4, ... of them are as likely. The others stay as in the row. */
const fewEnds: PointMaker = (target, attempt, set, rng) => {
  seedPoint(target, attempt, set, rng);
  const count = 2 ** Math.floor(rng.uniform() * (Math.log2(set.size) + 1));
  for (let moved = 0; moved < count; moved++) {
    const at = rng.below(set.size);
    const bounds = rng.uint32() & 1 ? set.upper : set.lower;
    target[at] = bounds.data[attempt.instance * set.size + at] ?? 0;
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

/** Where not all of a box belongs to the set: rows that have left it come back. */
export function keptInside(inputs: Float32Array, attempts: readonly Attempt[], set: InputSet): void {
  const { ball, size, seeds, whole = [] } = set;
  for (let from = 0; from < inputs.length; from += size)
    for (const at of whole) inputs[from + at] = Math.round(inputs[from + at] ?? 0);
  if (ball === undefined) return;
  attempts.forEach(({ seed }, row) => {
    const center = seeds.data.subarray(seed * size, (seed + 1) * size);
    moveIntoBall(inputs.subarray(row * size, (row + 1) * size), center, ball);
  });
}
