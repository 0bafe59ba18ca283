// What backward bounds are asked for: single elements of a value, from below and from above, or combinations of them.
import type { Affine } from '../../ops/affine.js';
import { type Step, stepOf } from '../../ops/relax-model.js';
import { productDim, staticSize } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { type Frame, loseUnderflow, newLedger, propagate } from './backward.js';
import type { Ledger } from './ledger.js';

/**
 * Lower bounds of a . y for every row a of `coefficients` [rows, ...y]: [rows].
 * @throws Unbounded where the value has no bounds
 */
export const boundCombinations = (frame: Frame, target: string, coefficients: Value): Value =>
  propagate(frame, new Map([[target, coefficients]]), newLedger(frame));

/**
 * Lower bounds of the elements y_i and of -y_i for the flat `indices` int64 [n]: [2 n], first all y_i.
 * @throws Unbounded where the value has no bounds
 */
export function boundElements(frame: Frame, target: string, indices: Value): Value {
  const { bounded } = frame;
  const context = bounded.contextOf(target);
  const step = context && stepOf(bounded, target, context);
  const ledger = newLedger(frame);
  if (step?.odd !== true) {
    const ones = bothSigns(frame, oneHot(frame, target, indices));
    return propagate(frame, new Map([[target, ones]]), ledger);
  }
  // Signs do not matter to the first step: half the rows do.
  takeElements(frame, target, step, indices, ledger);
  const start = new Map<string, Value>();
  for (const { source, back, operations } of step.parts) {
    const own = selectedWeights(frame, target, indices);
    const one = own ?? oneHot(frame, target, indices);
    start.set(source, bothSigns(frame, own ?? back(one, one)));
    loseUnderflow(frame, source, operations, ledger);
  }
  return propagate(frame, start, ledger);
}

const bothSigns = (frame: Frame, a: Value): Value => twice(frame, a, frame.p.neg(a));

/** All rows of one, then all rows of the other: [rows, ...y] each. */
function twice({ p }: Frame, one: Value, other: Value): Value {
  const stacked = p.concat([p.reshape(one, [1, ...one.shape]), p.reshape(other, [1, ...one.shape])], 0);
  return p.reshape(stacked, [productDim([2, one.shape[0] ?? 1]), ...one.shape.slice(1)]);
}

/** Unit vectors [n, ...y]. */
function oneHot({ p, rounding, bounded }: Frame, target: string, indices: Value): Value {
  const { shape } = bounded.bounds(target).lower;
  const size = staticSize(shape);
  const places = BigInt64Array.from({ length: size }, (_, at) => BigInt(at));
  const all = p.constant({ dtype: 'int64', shape: [1, size], data: places });
  const ones = p.cast(p.equal(p.reshape(indices, [...indices.shape, 1]), all), rounding.dtype);
  return p.reshape(ones, [...indices.shape, ...shape]);
}

/** Offset and gap of single elements: no dot product is needed. */
function takeElements(frame: Frame, target: string, { offset, gap }: Step, indices: Value, ledger: Ledger) {
  const { p, bounded } = frame;
  const like = bounded.bounds(target).lower;
  const size = staticSize(like.shape);
  const taken = (vector: Value) =>
    p.gatherElements(p.reshape(p.expandLike(vector, like), [size]), indices, 0);
  if (offset !== undefined) ledger.contribute(bothSigns(frame, taken(offset)));
  if (gap === undefined) return;
  const lost = p.neg(taken(gap));
  ledger.contribute(twice(frame, lost, lost));
}

/** Rows of a dense layer's own matrix instead of unit vectors times that matrix: [n, ...z]. */
function selectedWeights({ p, bounded }: Frame, target: string, indices: Value): Value | undefined {
  const { affine, lower } = bounded.bounds(target);
  const weight = affine && plainWeight(affine);
  if (weight === undefined || weight.shape[1] !== staticSize(lower.shape)) return undefined;
  const rows = p.gather(p.transposeLast(weight), indices, 0);
  return p.reshape(rows, [...indices.shape, ...(affine?.input.lower.shape ?? [])]);
}

const plainWeight = ({ weight, scale }: Affine): Value | undefined =>
  scale === undefined ? weight : undefined;
