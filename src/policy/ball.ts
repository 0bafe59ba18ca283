// Inputs that are near to a row. Membership is decided in exact arithmetic: an input outside is no counterexample.
import { nextAbove } from '../base/float32-rounding.js';

export const norms = ['linf', 'l2', 'l1'] as const;
export type Norm = (typeof norms)[number];

/** All x with norm(x - row) <= epsilon, as real numbers. */
export type Ball = { readonly norm: Norm; readonly epsilon: number };

/** float32 numbers are whole multiples of 2^-149; a radius is counted in 2^-209, so that every float64 beyond 2^-149 is whole. */
const unit = 2 ** 149;
const finer = 60;
/** No two float32 inputs of fewer than 2^100 elements are farther apart. */
const farthest = 2 ** 300;

/** Whether norm(x - center) <= epsilon holds of the numbers themselves, without any rounding. */
export function isInBall(x: Float32Array, center: Float32Array, { norm, epsilon }: Ball): boolean {
  if (!x.every(Number.isFinite)) return false;
  const changes = Array.from(x, (value, at) => whole(value) - whole(center[at] ?? Number.NaN));
  const radius = Math.min(epsilon, farthest) * unit;
  // Nothing but the center is nearer than the smallest number.
  if (radius < 1) return changes.every((change) => change === 0n);
  const room = BigInt(radius * 2 ** finer);
  const size = BigInt(2 ** finer);
  switch (norm) {
    case 'linf':
      return changes.every((change) => magnitude(change) * size <= room);
    case 'l1':
      return changes.reduce((sum, change) => sum + magnitude(change), 0n) * size <= room;
    case 'l2':
      return changes.reduce((sum, change) => sum + change * change, 0n) * size * size <= room * room;
  }
}

const whole = (value: number): bigint => BigInt(value * unit);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** What float64 sums and the product below may be off by, far more than once. */
const slack = (size: number): number => 2 ** -52 * (size + 16);

/**
 * Moves a point into the ball where it is outside: to the nearest point of it (Duchi et al., ICML 2008, for l1), but for what keeps it
 * inside exactly. No element moves away from the center, so that a box around the center is not left.
 */
export function moveIntoBall(point: Float32Array, center: Float32Array, { norm, epsilon }: Ball): void {
  const change = Float64Array.from(point, (value, at) => value - (center[at] ?? 0));
  const room = epsilon * (1 - slack(point.length));
  const moved = moves[norm](change, room);
  if (moved === undefined) return;
  moved.forEach((step, at) => {
    if (step === change[at]) return;
    const [from, to] = [center[at] ?? 0, point[at] ?? 0];
    const value = towards(from, step);
    point[at] = Math.min(Math.max(value, Math.min(from, to)), Math.max(from, to));
  });
}

/** Changes of length `room`; undefined where they are no longer already. */
type Move = (change: Float64Array, room: number) => Float64Array | undefined;

const moves: Readonly<Record<Norm, Move>> = {
  linf: (change, room) =>
    change.every((step) => Math.abs(step) <= room)
      ? undefined
      : change.map((step) => Math.min(Math.max(step, -room), room)),
  l2: (change, room) => {
    const length = Math.sqrt(change.reduce((sum, step) => sum + step * step, 0));
    return length <= room ? undefined : change.map((step) => step * (room / length));
  },
  l1: (change, room) => {
    const length = change.reduce((sum, step) => sum + Math.abs(step), 0);
    if (length <= room) return undefined;
    const threshold = thresholdOf(change, room);
    const kept = change.map((step) => Math.sign(step) * Math.max(Math.abs(step) - threshold, 0));
    const sum = kept.reduce((total, step) => total + Math.abs(step), 0);
    // Whatever rounding has done to the threshold.
    return sum <= room ? kept : kept.map((step) => step * (room / sum));
  },
};

/** t with sum max(|change| - t, 0) = room. */
function thresholdOf(change: Float64Array, room: number): number {
  const sorted = change.map(Math.abs).sort().reverse();
  let [sum, threshold] = [0, 0];
  sorted.forEach((size, at) => {
    sum += size;
    const candidate = (sum - room) / (at + 1);
    if (size > candidate) threshold = candidate;
  });
  return threshold;
}

/** The float32 number nearest to center + step that is no farther from the center than |step|. */
function towards(center: number, step: number): number {
  const value = Math.fround(center + step);
  // A difference of float32 numbers rounds to float64 by less than 2^-52 of itself.
  if (Math.abs(value - center) <= Math.abs(step) * (1 - 2 ** -50)) return value;
  const inner = value > center ? -nextAbove(-value) : nextAbove(value);
  return value === center || Math.sign(inner - center) !== Math.sign(value - center) ? center : inner;
}
