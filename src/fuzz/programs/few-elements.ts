// Steps where few elements may differ from the seed: those that differ move on, and one more joins them, the one with the greatest
// derivative, as in saliency attacks (Papernot et al., arXiv 1511.07528, section III). A step of all elements would be undone by the
// limits every time.
import { int64 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/**
 * bool [batch, 1, ...input]: the elements that may move.
 * @param inputs and seeds, [batch, 1, ...input]
 * @param gradient [batch, 1, ...input]
 */
export function movingElements(
  p: Program,
  inputs: Value,
  seeds: Value,
  gradient: Value,
  l0Count: number,
): Value {
  const differs = p.mergeInto(p.not(p.equal(inputs, seeds)), 2);
  const hasRoom = p.less(p.reduceSum(p.cast(differs, 'float32'), [2]), l0Count);
  const size = Number(differs.shape[2]);
  const steepness = p.mergeInto(p.abs(p.where(p.isNaN(gradient), 0, gradient)), 2);
  const steepest = p.argMax(p.where(differs, -1, steepness), 2);
  const elements = p.constant(int64(Array.from({ length: size }, (_, at) => at)));
  const isNext = p.equal(p.reshape(steepest, [...steepest.shape, 1]), p.reshape(elements, [1, 1, size]));
  return p.reshape(p.or(differs, p.and(isNext, hasRoom)), inputs.shape);
}
