// Geometry of convolutions, and convolution as Gather + MatMul: for float64, and for gradients with respect to weights.
import { int64 } from '../base/tensor.js';
import { type Dim, type Dims, showDims, staticDim } from './dims.js';
import type { Program } from './program.js';
import { ProgramError } from './program-error.js';
import { type Attributes, int, ints, type Value } from './value.js';

/** Per spatial axis; pads are all begins, then all ends, as ONNX has them. */
export type Window = {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
};

/** The window among a primitive's attributes. */
export const windowOf = (attributes: Attributes): Window => ({
  strides: ints(attributes, 'strides'),
  pads: ints(attributes, 'pads'),
  dilations: ints(attributes, 'dilations'),
  group: int(attributes, 'group'),
});

const at = (list: readonly number[], axis: number): number => list[axis] ?? 0;
const padding = (window: Window, axis: number): number =>
  at(window.pads, axis) + at(window.pads, axis + window.strides.length);
const reach = (window: Window, kernel: number, axis: number): number =>
  (kernel - 1) * at(window.dilations, axis) + 1;
const spatialOf = (dims: Dims): number[] => dims.slice(2).map((_, axis) => staticDim(dims, axis + 2));

function requireWindow(x: Dims, w: Dims, { strides, pads, dilations, group }: Window): void {
  const axes = x.length - 2;
  const fits =
    axes >= 1 &&
    w.length === x.length &&
    [strides, dilations].every((list) => list.length === axes && list.every((step) => step >= 1)) &&
    pads.length === 2 * axes &&
    pads.every((count) => count >= 0) &&
    staticDim(w, 0) % group === 0;
  if (!fits)
    throw new ProgramError(
      `a window over ${showDims(x)} by ${showDims(w)} with strides [${strides}], pads [${pads}], dilations [${dilations}], group ${group}`,
    );
}

/** Shape of conv(x, w). Throws ProgramError where they do not fit. */
export function convOutputDims(x: Dims, w: Dims, window: Window): Dim[] {
  if (staticDim(x, 1) !== staticDim(w, 1) * window.group) {
    throw new ProgramError(
      `convolution of ${staticDim(x, 1)} channels by weights of ${staticDim(w, 1)} x ${window.group}`,
    );
  }
  requireWindow(x, w, window);
  const kernel = spatialOf(w);
  const spatial = spatialOf(x).map((size, axis) => {
    const room = size + padding(window, axis) - reach(window, at(kernel, axis), axis);
    if (room < 0) throw new ProgramError(`a window of ${showDims(w)} does not fit into ${showDims(x)}`);
    return Math.floor(room / at(window.strides, axis)) + 1;
  });
  return [x[0] ?? 1, staticDim(w, 0), ...spatial];
}

/** Shape of convTranspose(x, w). Throws ProgramError where they do not fit. */
export function convTransposeOutputDims(
  x: Dims,
  w: Dims,
  window: Window,
  outputPadding: readonly number[],
): Dim[] {
  if (staticDim(x, 1) !== staticDim(w, 0)) {
    throw new ProgramError(
      `transposed convolution of ${staticDim(x, 1)} channels by weights of ${staticDim(w, 0)}`,
    );
  }
  requireWindow(x, w, window);
  const kernel = spatialOf(w);
  const spatial = spatialOf(x).map((size, axis) => {
    const extra = at(outputPadding, axis);
    if (!(extra >= 0 && extra < at(window.strides, axis)))
      throw new ProgramError(`output padding ${extra} with stride ${at(window.strides, axis)}`);
    const full = (size - 1) * at(window.strides, axis) + reach(window, at(kernel, axis), axis);
    const result = full - padding(window, axis) + extra;
    if (result < 1) throw new ProgramError(`padding leaves nothing of ${showDims(x)}`);
    return result;
  });
  return [x[0] ?? 1, staticDim(w, 1) * window.group, ...spatial];
}

/** Rows at the far end of `x` that a strided convolution never reads: what the transpose must add back. */
export function transposePadding(x: Dims, w: Dims, window: Window): number[] {
  const kernel = spatialOf(w);
  return spatialOf(x).map((size, axis) => {
    const room = size + padding(window, axis) - reach(window, at(kernel, axis), axis);
    return room % at(window.strides, axis);
  });
}

/** Every combination of indices below `sizes`, row-major. */
function* positions(sizes: readonly number[]): Generator<number[]> {
  const [size, ...rest] = sizes;
  if (size === undefined) {
    yield [];
    return;
  }
  for (let index = 0; index < size; index++) for (const tail of positions(rest)) yield [index, ...tail];
}

/** Flat source index per (kernel position, output position); `hole` where the window reads padding. */
function sourceIndices(
  spatial: readonly number[],
  kernel: readonly number[],
  output: readonly number[],
  sourceOf: (axis: number, tap: number, out: number) => number,
): number[] {
  const hole = spatial.reduce((product, size) => product * size, 1);
  const indices: number[] = [];
  for (const taps of positions(kernel)) {
    for (const place of positions(output)) {
      const source = place.map((out, axis) => sourceOf(axis, at(taps, axis), out));
      const inside = source.every(
        (index, axis) => Number.isInteger(index) && index >= 0 && index < at(spatial, axis),
      );
      indices.push(inside ? source.reduce((flat, index, axis) => flat * at(spatial, axis) + index, 0) : hole);
    }
  }
  return indices;
}

/** x [batch, c, ...s] -> columns [batch, group, (c / group) * k, o], zero where the window reads padding. */
function columns(p: Program, x: Value, indices: readonly number[], group: number, taps: number): Value {
  const channels = staticDim(x.shape, 1);
  const flat = p.reshape(x, [x.shape[0] ?? 1, channels, spatialOf(x.shape).reduce((a, b) => a * b, 1)]);
  const padded = p.pad(flat, [0, 0, 0], [0, 0, 1], 0);
  const gathered = p.gather(padded, p.constant(int64(indices)), 2);
  return p.reshape(gathered, [x.shape[0] ?? 1, group, (channels / group) * taps, indices.length / taps]);
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function convColumns(
  p: Program,
  x: Value,
  kernel: readonly number[],
  output: readonly number[],
  window: Window,
): Value {
  const indices = sourceIndices(
    spatialOf(x.shape),
    kernel,
    output,
    (axis, tap, out) =>
      out * at(window.strides, axis) + tap * at(window.dilations, axis) - at(window.pads, axis),
  );
  return columns(p, x, indices, window.group, product(kernel));
}

/** Convolution of any float type by Gather and MatMul; shapes as in primitives/conv.ts. */
export function convByMatmul(p: Program, x: Value, w: Value, window: Window): Value {
  const shape = convOutputDims(x.shape, w.shape, window);
  const kernel = spatialOf(w.shape);
  const patches = convColumns(p, x, kernel, spatialOf(shape), window);
  const filters = staticDim(w.shape, 0) / window.group;
  const weights = p.reshape(w, [window.group, filters, staticDim(w.shape, 1) * product(kernel)]);
  return p.reshape(p.matmul(weights, patches), shape);
}

/** Transposed convolution of any float type: a convolution over the input spread out by the stride, kernel flipped. */
export function convTransposeByMatmul(
  p: Program,
  x: Value,
  w: Value,
  window: Window,
  outputPadding: readonly number[],
): Value {
  const shape = convTransposeOutputDims(x.shape, w.shape, window, outputPadding);
  const kernel = spatialOf(w.shape);
  const indices = sourceIndices(
    spatialOf(x.shape),
    kernel,
    spatialOf(shape),
    (axis, tap, out) =>
      (out + at(window.pads, axis) - tap * at(window.dilations, axis)) / at(window.strides, axis),
  );
  const taps = product(kernel);
  const patches = columns(p, x, indices, window.group, taps);
  const [inputs, outputs] = [staticDim(w.shape, 0) / window.group, staticDim(w.shape, 1)];
  const grouped = p.transpose(p.reshape(w, [window.group, inputs, outputs, taps]), [0, 2, 1, 3]);
  return p.reshape(p.matmul(p.reshape(grouped, [window.group, outputs, inputs * taps]), patches), shape);
}

/** Gradient of conv(x, w) with respect to w, from dy of the output: one product over batch and positions together. */
export function convWeightGradient(p: Program, x: Value, dy: Value, w: Dims, window: Window): Value {
  const kernel = spatialOf(w);
  const patches = convColumns(p, x, kernel, spatialOf(dy.shape), window);
  const filters = staticDim(w, 0) / window.group;
  const positionCount = product(spatialOf(dy.shape));
  const errors = p.reshape(dy, [dy.shape[0] ?? 1, window.group, filters, positionCount]);
  const folded = (value: Value) => p.mergeInto(p.transpose(value, [1, 2, 0, 3]), 2);
  return p.reshape(p.matmul(folded(errors), p.transposeLast(folded(patches))), w);
}
