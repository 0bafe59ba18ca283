// LayerNormalization, InstanceNormalization and GroupNormalization: rows of different axes, standardised.
import { staticDim, staticSize } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { type Interval, isPoint } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
  Unbounded,
} from '../operator.js';
import type { Relaxation } from '../relaxation.js';
import {
  type Standardising,
  standardised,
  standardisedInterval,
  standardisedRelaxation,
} from '../standardise.js';

/** How one operator sees its input. */
type View = {
  /** x [...d] -> rows [...r, n], over each of which it standardises. */
  rows(context: NodeContext, x: Value): Value;
  /** Gain or shift -> what broadcasts to the rows of x. */
  parameter(context: NodeContext, value: Value, x: Value): Value;
};

const standardising = (
  context: NodeContext,
  view: View,
  x: Value,
  [gain, shift]: readonly (Value | undefined)[],
): Standardising => ({
  epsilon: floatAttribute(context.node, 'epsilon', 1e-5),
  gain: gain && view.parameter(context, gain, x),
  shift: shift && view.parameter(context, shift, x),
});

function lower(context: LowerContext, view: View): Value {
  const x = operand(context, 0);
  const parameters = standardising(context, view, x, context.inputs.slice(1));
  return context.p.reshape(standardised(context.p, view.rows(context, x), parameters), x.shape);
}

/** Parameters that are constant, and the bounds of the rows. */
function boundsOf(context: IntervalContext, view: View) {
  const x = context.input(0);
  const constants = [1, 2].map((at) => {
    if (!context.has(at)) return undefined;
    const given = context.input(at);
    if (!isPoint(given))
      throw new Unbounded(`node "${context.node.name}" (${context.node.type}): parameters are not constant`);
    return given.lower;
  });
  const rows = { lower: view.rows(context, x.lower), upper: view.rows(context, x.upper) };
  return { x, rows, parameters: standardising(context, view, x.lower, constants) };
}

function interval(context: IntervalContext, view: View): Interval {
  const { x, rows, parameters } = boundsOf(context, view);
  const bounds = standardisedInterval(context, rows, parameters);
  const shaped = (bound: Value) => context.p.reshape(context.p.expandLike(bound, rows.lower), x.lower.shape);
  return { lower: shaped(bounds.lower), upper: shaped(bounds.upper) };
}

function relax(context: RelaxContext, view: View): Relaxation {
  const { rows, parameters } = boundsOf(context, view);
  return standardisedRelaxation(context, rows, parameters);
}

const operator = (type: string, view: View) =>
  ({
    type,
    lower: (context) => lower(context, view),
    interval: (context) => interval(context, view),
    relax: (context) => relax(context, view),
  }) satisfies Operator;

/**
 * LayerNormalization (ONNX opset 17+, and ONNX Runtime's of the same name before). x [...d], gain and shift [...d from axis on].
 * Interval and relaxation: see standardise.ts, over all axes from `axis` on.
 */
export const layerNormalization = operator('LayerNormalization', {
  rows: ({ p, node }, x) => {
    const axis = intAttribute(node, 'axis', -1);
    return p.mergeInto(x, axis < 0 ? axis + x.shape.length : axis);
  },
  parameter: ({ p, node }, value, x) => {
    const axis = intAttribute(node, 'axis', -1);
    const normalised = x.shape.slice(axis < 0 ? axis + x.shape.length : axis);
    return p.reshape(p.expand(value, normalised), [staticSize(normalised)]);
  },
});

/** InstanceNormalization (ONNX opset 6+). x [batch, c, ...s], gain and shift [c]: over the axes s. */
export const instanceNormalization = operator('InstanceNormalization', {
  rows: ({ p }, x) => p.mergeInto(x, 2),
  parameter: ({ p }, value) => p.reshape(value, [staticDim(value.shape, 0), 1]),
});

/** GroupNormalization (ONNX opset 18+). x [batch, c, ...s], gain and shift [c], before opset 21 [groups]: over c / groups and s. */
export const groupNormalization = operator('GroupNormalization', {
  rows: ({ p, node }, x) => {
    const groups = intAttribute(node, 'num_groups', 1);
    return p.reshape(x, [x.shape[0] ?? 1, groups, staticSize(x.shape.slice(1)) / groups]);
  },
  parameter: ({ p, node, opset }, value, x) => {
    const groups = intAttribute(node, 'num_groups', 1);
    if (opset < 18) throw new NotLowered('GroupNormalization before opset 18');
    if (opset < 21) return p.reshape(value, [groups, 1]);
    const [channels, ...space] = x.shape.slice(1);
    const places = staticSize(space);
    const spread = p.expand(p.reshape(value, [channels ?? 1, 1]), [channels ?? 1, places]);
    return p.reshape(spread, [groups, (staticSize([channels ?? 1]) / groups) * places]);
  },
});
