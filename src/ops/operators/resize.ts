// Resize and Upsample: nearest neighbours are moved, linear interpolation is a matrix per axis.
import type { Value } from '../../program/value.js';
import { affineInterval, type Layer } from '../affine.js';
import { stringAttribute } from '../attributes.js';
import { alongAxis } from '../axis-matrix.js';
import type { Interval } from '../interval.js';
import { movement, multiplicity, picked } from '../movement.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { isOldForm, type ResizedAxis, resizedAxes, resizeMode } from '../resized-axes.js';

const roundings: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => (place === Math.floor(place) + 0.5 ? Math.floor(place) : Math.round(place)),
  round_prefer_ceil: (place) => Math.round(place),
  floor: Math.floor,
  ceil: Math.ceil,
};

const clampedTo = (size: number, place: number): number => Math.min(Math.max(place, 0), size - 1);

/** How places become elements. Before opset 11 ONNX Runtime rounds up where an axis shrinks, else down. */
function roundingOf(context: NodeContext, { scale }: ResizedAxis): (place: number) => number {
  if (isOldForm(context)) return scale < 1 ? Math.ceil : Math.floor;
  const mode = stringAttribute(context.node, 'nearest_mode', 'round_prefer_floor');
  const rounding = roundings[mode];
  if (rounding === undefined) throw new NotLowered(`${context.node.type} with nearest mode "${mode}"`);
  return rounding;
}

/** Axes that change, with the elements that theirs are copies of. */
const neighbours = (context: NodeContext, x: Value) =>
  resizedAxes(context, x).map((change) => {
    const rounding = roundingOf(context, change);
    const places = change.places.map((place) => clampedTo(change.size, rounding(place)));
    return { axis: change.axis, places };
  });

const nearest = (context: NodeContext, x: Value): Value =>
  neighbours(context, x).reduce((rest, { axis, places }) => picked(context.p, rest, axis, places), x);

const copies = (context: NodeContext, x: Value): number =>
  neighbours(context, x).reduce((product, { places }) => product * multiplicity(places), 1);

const { relax, ...moving } = movement('Resize', nearest, copies);

/** Weights of one axis, [resized, size]: at most two in a row, in float32 as ONNX Runtime computes them. */
function interpolation({ size, resized, places }: ResizedAxis): Float32Array {
  const weights = new Float32Array(resized * size);
  places.forEach((place, row) => {
    const inside = clampedTo(size, place);
    const first = Math.floor(inside);
    const share = inside - first;
    weights[row * size + first] = 1 - share;
    if (first + 1 < size) weights[row * size + first + 1] = share;
  });
  return weights;
}

const interpolated = (context: NodeContext, x: Value): Value =>
  resizedAxes(context, x).reduce((rest, change) => {
    const { axis, size, resized } = change;
    return alongAxis(context.p, rest, { axis, weights: interpolation(change), rows: resized, columns: size });
  }, x);

/** Elements of the result that read the same element, along one axis. */
function readersAlong(change: ResizedAxis): number {
  const weights = interpolation(change);
  const counts = new Array<number>(change.size).fill(0);
  weights.forEach((weight, at) => {
    const column = at % change.size;
    if (weight !== 0) counts[column] = (counts[column] ?? 0) + 1;
  });
  return Math.max(1, ...counts);
}

/**
 * ONNX Runtime sums 4 products, each of an element and two weights; of tensors with 3 or 5 axes 8, with three weights. Its
 * kernel behind a convolution in blocks of channels (NCHWc) has the same weights. The program sums two products per axis:
 * those with weight zero are exact.
 */
function linearInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const input = context.input(0);
  const linear = (z: Value) => interpolated(context, z);
  const layer: Layer = {
    input,
    linear,
    absLinear: linear,
    // Weights of one axis add up to 1, but for rounding.
    norm: p.scalar(rounding.dtype, 1 + 2 ** -20),
    bias: undefined,
    length: 2 ** (input.lower.shape.length % 2 === 0 ? 2 : 3),
    readers: resizedAxes(context, input.lower).reduce((product, axis) => product * readersAlong(axis), 1),
    weight: undefined,
  };
  return affineInterval(p, rounding, layer);
}

/** True for linear interpolation, false for nearest neighbours. */
function interpolates(context: NodeContext): boolean {
  const mode = resizeMode(context);
  if (mode === 'nearest') return false;
  const { dtype, shape } = context.output;
  // Integers are interpolated in fixed point; a vector is refused by ONNX Runtime.
  const covered = (dtype === 'float32' || dtype === 'float64') && shape.length >= 2 && shape.length <= 5;
  if (mode !== 'linear' || !covered) throw new NotLowered(`${context.node.type} of ${dtype} in mode ${mode}`);
  return true;
}

const resampling = (type: string) =>
  ({
    ...moving,
    type,
    lower: (context) =>
      interpolates(context) ? interpolated(context, operand(context, 0)) : moving.lower(context),
    interval: (context) => (interpolates(context) ? linearInterval(context) : moving.interval(context)),
    // Linear interpolation has its affine form.
    relax: (context) => (interpolates(context) ? undefined : relax(context)),
  }) satisfies Operator;

/** Resize (ONNX opset 10+) to nearest neighbours, exact, or by linear interpolation. Interval of the latter: affine. */
export const resize = resampling('Resize');
/** Upsample (ONNX opset 7 and 9), as Resize with asymmetric coordinates. */
export const upsample = resampling('Upsample');
