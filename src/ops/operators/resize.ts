import { toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute, stringAttribute } from '../attributes.js';
import { movement, multiplicity, picked, range } from '../movement.js';
import { type NodeContext, NotLowered, type Operator } from '../operator.js';

type Coordinates = (at: number, scale: number, size: number, resized: number) => number;

/** Where an output's place is on the input's axis, in float32 as ONNX Runtime computes it. */
const f = Math.fround;
const coordinates: Readonly<Record<string, Coordinates>> = {
  asymmetric: (at, scale) => f(at / scale),
  half_pixel: (at, scale) => f(f(f(at + 0.5) / scale) - 0.5),
  pytorch_half_pixel: (at, scale, _size, resized) => (resized > 1 ? f(f(f(at + 0.5) / scale) - 0.5) : 0),
  align_corners: (at, _scale, size, resized) => (resized === 1 ? 0 : f(f(at * (size - 1)) / (resized - 1))),
};

const roundings: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => (place === Math.floor(place) + 0.5 ? Math.floor(place) : Math.round(place)),
  round_prefer_ceil: (place) => Math.round(place),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Only what exporters write: whole tensors, no antialiasing, sizes as they are. */
function requirePlain({ node }: NodeContext): void {
  const exotic = ['antialias', 'exclude_outside'].some((name) => intAttribute(node, name, 0) !== 0);
  if (
    exotic ||
    node.attributes.has('axes') ||
    stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch'
  )
    throw new NotLowered(`${node.type} with axes, antialiasing or a kept aspect ratio`);
  if (stringAttribute(node, 'mode', 'nearest') !== 'nearest')
    throw new NotLowered(`${node.type} in mode ${stringAttribute(node, 'mode', 'nearest')}`);
}

/** Scales where they are given, else ratios of sizes. Upsample and Resize before opset 11 have them as the second input. */
function scaleOf(
  { node, opset, constant }: NodeContext,
  axis: number,
  size: number,
  resized: number,
): number {
  const at = node.type === 'Upsample' || opset < 11 ? 1 : 2;
  if ((node.inputs[at] ?? '') !== '') {
    const scales = constant(at);
    if (scales === undefined) throw new NotLowered(`${node.type} by computed scales`);
    const given = toNumbers(scales);
    if (given.length > 0) return given[axis] ?? 1;
  }
  return f(resized / size);
}

/** Nearest neighbours before opset 11 are found by cutting asymmetric coordinates. */
function placesOf(context: NodeContext, axis: number, size: number, resized: number): number[] {
  const { node, opset } = context;
  const old = node.type === 'Upsample' || opset < 11;
  const coordinate =
    coordinates[old ? 'asymmetric' : stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel')];
  const rounding = roundings[old ? 'floor' : stringAttribute(node, 'nearest_mode', 'round_prefer_floor')];
  if (coordinate === undefined || rounding === undefined)
    throw new NotLowered(`${node.type} in its coordinate mode`);
  const scale = scaleOf(context, axis, size, resized);
  // ONNX Runtime leaves such an axis alone, whatever the mode.
  if (scale === 1 && size === resized) return range(size);
  return range(resized).map((at) =>
    Math.min(Math.max(rounding(coordinate(at, scale, size, resized)), 0), size - 1),
  );
}

/** Axes that change, with the places that their elements come from. */
function changes(context: NodeContext, x: Value): { axis: number; places: number[] }[] {
  requirePlain(context);
  return x.shape.flatMap((dim, axis) => {
    if (dim === context.output.shape[axis]) return [];
    const [size, resized] = [staticDim(x.shape, axis), staticDim(context.output.shape, axis)];
    return [{ axis, places: placesOf(context, axis, size, resized) }];
  });
}

const resized = (context: NodeContext, x: Value): Value =>
  changes(context, x).reduce((rest, { axis, places }) => picked(context.p, rest, axis, places), x);

const copies = (context: NodeContext, x: Value): number =>
  changes(context, x).reduce((product, { places }) => product * multiplicity(places), 1);

/** Resize (ONNX opset 10+) to nearest neighbours. Exact. */
export const resize = movement('Resize', resized, copies) satisfies Operator;
/** Upsample (ONNX opset 9) to nearest neighbours. Exact. */
export const upsample = movement('Upsample', resized, copies) satisfies Operator;
