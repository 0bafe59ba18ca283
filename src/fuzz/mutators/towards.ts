// Part of the way from one input to another.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/**
 * from + weight (to - from); exactly `from` where the weight is 0. Halves are subtracted, because the difference of two large numbers
 * may be infinite, and nothing times infinity is NaN.
 */
export const towards = (p: Program, from: Value, to: Value, weight: Value): Value =>
  p.add(from, p.mul(p.sub(p.mul(to, 0.5), p.mul(from, 0.5)), p.mul(weight, 2)));
