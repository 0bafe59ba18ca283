// Parameters of layers with channels: vectors over axis 1, and weights that must be constant.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { isPoint } from './interval.js';
import { type IntervalContext, Unbounded } from './operator.js';

/** [c] -> [c, 1, ...], which broadcasts over batch and space of a value of `rank` axes. */
export const alongChannels = (p: Program, value: Value, rank: number): Value =>
  p.reshape(value, [value.shape[0] ?? 1, ...new Array<number>(Math.max(rank - 2, 0)).fill(1)]);

/** Inputs 1 and 2 of a convolution. Throws Unbounded where they are computed. */
export function constantWeights(context: IntervalContext): { w: Value; b: Value | undefined } {
  const weights = context.input(1);
  const biases = context.has(2) ? context.input(2) : undefined;
  if (isPoint(weights) && (biases === undefined || isPoint(biases)))
    return { w: weights.lower, b: biases?.lower };
  const { name, type } = context.node;
  throw new Unbounded(`node "${name}" (${type}): only constant weights are bounded`);
}
