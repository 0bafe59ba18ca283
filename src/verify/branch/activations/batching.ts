// Sub-problems as the dense arrays that programs take, and back.
import type { OpenDisjunct } from '../types.js';
import type { Batch } from './ascent.js';
import { haveCuts } from './neurons.js';
import { firstSlopes, rootPoints, type Space } from './space.js';
import type { Subproblem } from './subproblem.js';

/** Whether any row has coefficients of inputs. */
export const isMixed = (disjuncts: readonly OpenDisjunct[]): boolean =>
  disjuncts.some(({ rows }) => rows.inputs.some((coefficient) => coefficient !== 0));

export function batchOf(
  space: Space,
  disjuncts: readonly OpenDisjunct[],
  parts: readonly Subproblem[],
  mixed: boolean,
): Batch {
  const { width } = space;
  const count = parts.length;
  const [first] = disjuncts;
  const [outputs, inputs] = first
    ? [first.rows.outputs.length / first.rows.count, first.rows.inputs.length / first.rows.count]
    : [0, 0];
  const batch = {
    count,
    start: new Float32Array(count * outputs),
    inputs: mixed ? new Float32Array(count * inputs) : undefined,
    splits: new Float32Array(count * width),
    points: pointsOf(space, parts),
    slopes: new Float32Array(count * width),
    multipliers: new Float32Array(count * width),
    limits: new Float64Array(count),
    parents: new Float64Array(count),
  };
  parts.forEach((part, at) => {
    const rows = disjuncts[part.disjunct]?.rows;
    if (rows === undefined) return;
    const { row } = part;
    batch.start.set(rows.outputs.subarray(row * outputs, (row + 1) * outputs), at * outputs);
    batch.inputs?.set(rows.inputs.subarray(row * inputs, (row + 1) * inputs), at * inputs);
    const limit = rows.bounds[row] ?? Infinity;
    batch.limits[at] = limit;
    batch.parents[at] = limit + part.bound;
    const from = at * width;
    // Any slopes are sound: parts that gave theirs up for want of memory begin anew.
    if (part.slopes.length === 0) batch.slopes.set(firstSlopes(space), from);
    for (let place = 0; place < part.slopes.length; place++)
      batch.slopes[from + place] = (part.slopes[place] ?? 0) / 255;
    part.splits.forEach((split, which) => {
      batch.splits[from + Math.abs(split)] = Math.sign(split);
      batch.multipliers[from + Math.abs(split)] = part.multipliers[which] ?? 0;
    });
  });
  return batch;
}

/** Ends of what is cut anywhere. */
function pointsOf(space: Space, parts: readonly Subproblem[]): Float32Array<ArrayBuffer> | undefined {
  if (!haveCuts(space.hidden)) return undefined;
  const whole = rootPoints(space);
  const points = new Float32Array(parts.length * space.width);
  parts.forEach((part, at) => {
    points.set(whole, at * space.width);
    part.splits.forEach((split, which) => {
      points[at * space.width + Math.abs(split)] = part.points[which] ?? 0;
    });
  });
  return points;
}

/** Row `at` of slopes and multipliers [n, width] in the compact form. */
export function compacted(
  { splits }: Subproblem,
  slopes: Float32Array,
  multipliers: Float32Array,
): Pick<Subproblem, 'slopes' | 'multipliers'> {
  return {
    slopes: Uint8Array.from(slopes, (slope) => Math.round(255 * slope)),
    multipliers: Float32Array.from(splits, (split) => multipliers[Math.abs(split)] ?? 0),
  };
}
