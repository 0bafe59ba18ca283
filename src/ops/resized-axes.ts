// The axes that a Resize or Upsample changes, and where the elements of the result are on the axes of the input.
import { toNumbers } from '../base/tensor.js';
import { staticDim } from '../program/dims.js';
import type { Value } from '../program/value.js';
import { intAttribute, stringAttribute } from './attributes.js';
import { type NodeContext, NotLowered } from './operator.js';

export type ResizedAxis = {
  readonly axis: number;
  /** Elements of the input and of the result. */
  readonly size: number;
  readonly resized: number;
  readonly scale: number;
  /** Place on the input's axis of each element of the result; may lie outside. */
  readonly places: readonly number[];
};

type Coordinates = (at: number, scale: number, size: number, resized: number) => number;

/** In float32 as ONNX Runtime computes it. */
const f = Math.fround;
const coordinates: Readonly<Record<string, Coordinates>> = {
  asymmetric: (at, scale) => f(at / scale),
  half_pixel: (at, scale) => f(f(f(at + 0.5) / scale) - 0.5),
  pytorch_half_pixel: (at, scale, _size, resized) => (resized > 1 ? f(f(f(at + 0.5) / scale) - 0.5) : 0),
  align_corners: (at, _scale, size, resized) => (resized === 1 ? 0 : f(f(at * (size - 1)) / (resized - 1))),
};

/** Upsample, and Resize in its first form, know asymmetric coordinates only and have the scales as second input. */
export const isOldForm = ({ node, opset }: NodeContext): boolean => node.type === 'Upsample' || opset < 11;

/** The mode, without the rarer options: whole tensors, no antialiasing, sizes as they are. */
export function resizeMode({ node }: NodeContext): string {
  const exotic = ['antialias', 'exclude_outside'].some((name) => intAttribute(node, name, 0) !== 0);
  if (
    exotic ||
    node.attributes.has('axes') ||
    stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch'
  )
    throw new NotLowered(`${node.type} with axes, antialiasing or a kept aspect ratio`);
  return stringAttribute(node, 'mode', 'nearest');
}

/** Scales where they are given, by Upsample 7 as an attribute; undefined where sizes are. */
function givenScales(context: NodeContext): readonly number[] | undefined {
  const { node, constant } = context;
  const attribute = node.attributes.get('scales');
  if (attribute?.kind === 'floats') return attribute.value;
  const at = isOldForm(context) ? 1 : 2;
  if ((node.inputs[at] ?? '') === '') return undefined;
  const scales = constant(at);
  if (scales === undefined) throw new NotLowered(`${node.type} by computed scales`);
  return scales.data.length === 0 ? undefined : toNumbers(scales);
}

/**
 * Axes with another length, or with a scale that rounding hides: ONNX Runtime resamples those too, unless no length changes,
 * and leaves axes of scale 1 alone whatever the mode.
 */
export function resizedAxes(context: NodeContext, x: Value): ResizedAxis[] {
  const { node, output } = context;
  const mode = isOldForm(context)
    ? 'asymmetric'
    : stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  const coordinate = coordinates[mode];
  if (coordinate === undefined) throw new NotLowered(`${node.type} with coordinates "${mode}"`);
  if (x.shape.every((dim, axis) => dim === output.shape[axis])) return [];
  const scales = givenScales(context);
  return x.shape.flatMap((dim, axis) => {
    const given = scales?.[axis];
    if (dim === output.shape[axis] && (given ?? 1) === 1) return [];
    const [size, resized] = [staticDim(x.shape, axis), staticDim(output.shape, axis)];
    const scale = given ?? f(resized / size);
    const place = (_: unknown, at: number) => coordinate(at, scale, size, resized);
    return [{ axis, size, resized, scale, places: Array.from({ length: resized }, place) }];
  });
}
