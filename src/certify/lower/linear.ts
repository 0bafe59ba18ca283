// Operators that compute sums of products with constants, each with the longest sum that a kernel makes; and windows that slide.
import { normalAxis, sizeOf, stridesOf } from '../../base/shape.js';
import { entriesIn, type Matrix, matrixOf, transposed } from '../matrix.js';
import type { Operand } from '../network.js';
import { greatestWeight, type Variable } from './builder.js';
import {
  axesOf,
  broadcastIndices,
  type Context,
  counted,
  everyIndex,
  float,
  floatsOf,
  integer,
  integers,
  integersOf,
  type Numbers,
  offsets,
  refuse,
  requireText,
  variableOf,
} from './values.js';

/** A B + C with a constant B. */
export function gemm(context: Context): Variable {
  const x = variableOf(context, 0);
  const weight = floatsOf(context, 1);
  if (integer(context, 'transA', 0) !== 0) throw refuse(context, 'transA is not known');
  if (float(context, 'alpha', 1) !== 1 || float(context, 'beta', 1) !== 1)
    throw refuse(context, 'alpha and beta are not known');
  if (x.shape.length !== 2) throw refuse(context, 'shapes do not fit');
  return product(context, x, integer(context, 'transB', 0) === 0 ? weight : flipped(weight), false);
}

function flipped({ shape, data }: Numbers): Numbers {
  const from = offsets(axesOf(shape).reverse());
  return { shape: shape.toReversed(), data: Float64Array.from(from, (at) => data[at] ?? 0) };
}

/** x W with W [k, n], or W x with W [p, m]; x may have axes in front. */
export function matmul(context: Context): Variable {
  const [left, right] = [context.variable(0), context.variable(1)];
  if (left !== undefined && right !== undefined) throw refuse(context, 'a product of two computed values');
  return left !== undefined
    ? product(context, left, floatsOf(context, 1), false)
    : product(context, variableOf(context, 1), floatsOf(context, 0), true);
}

function product(context: Context, x: Variable, weight: Numbers, isLeft: boolean): Variable {
  const [rows = 0, columns = 0] = weight.shape;
  const axes = x.shape.length;
  if (weight.shape.length !== 2 || axes < (isLeft ? 2 : 1))
    throw refuse(context, 'a product of these shapes');
  // x as [outer, length, inner], of which `length` is summed over.
  const [length, terms, results] = isLeft
    ? [x.shape[axes - 2], columns, rows]
    : [x.shape[axes - 1], rows, columns];
  if (length !== terms) throw refuse(context, 'shapes do not fit');
  const inner = isLeft ? (x.shape[axes - 1] ?? 1) : 1;
  const shape = x.shape.with(isLeft ? axes - 2 : axes - 1, results);
  const matrix = matrixOf(sizeOf(shape), sizeOf(x.shape), (row, add) => {
    const result = Math.floor(row / inner) % results;
    const from = Math.floor(row / (inner * results)) * terms * inner + (row % inner);
    for (let k = 0; k < terms; k++)
      add(from + k * inner, weight.data[isLeft ? result * columns + k : k * columns + result] ?? 0);
  });
  const bias = context.node.inputs[2] ? spread(floatsOf(context, 2), shape) : undefined;
  return { step: context.builder.dense(x.step, matrix, terms, bias), shape };
}

const spread = ({ shape, data }: Numbers, to: readonly number[]): Float64Array =>
  Float64Array.from(broadcastIndices(shape, to), (at) => data[at] ?? 0);

type Windows = {
  /** Axes of space. */
  readonly output: readonly number[];
  /** For every row [n, group, ...output] the elements [c, ...kernel] of x that it reads; -1 on the padding. */
  readonly elements: Int32Array;
  /** Of one row. */
  readonly count: number;
};

function windowsOf(
  context: Context,
  [count = 1, channels = 0, ...space]: readonly number[],
  kernel: readonly number[],
  groups: number,
): Windows {
  requireText(context, 'auto_pad', 'NOTSET');
  if (integer(context, 'ceil_mode', 0) !== 0) throw refuse(context, 'ceil_mode is not known');
  const strides = integers(context, 'strides') ?? space.map(() => 1);
  const dilations = integers(context, 'dilations') ?? space.map(() => 1);
  const pads = integers(context, 'pads') ?? [...space, ...space].map(() => 0);
  const rank = kernel.length;
  if (
    rank !== space.length ||
    strides.length !== rank ||
    dilations.length !== rank ||
    pads.length !== 2 * rank
  )
    throw refuse(context, 'attributes do not fit');
  const around = padded(
    [count, channels, ...space],
    [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)],
  );
  const [, , ...wide] = around.shape;
  const output = wide.map((dim, axis) => {
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    return Math.floor((dim - reach) / (strides[axis] ?? 1)) + 1;
  });
  if (output.some((dim) => !(dim > 0))) throw refuse(context, 'an empty output');
  const [byRow = 0, byChannel = 0, ...steps] = stridesOf(around.shape);
  const along = (dims: readonly number[], by: readonly number[]) =>
    dims.map((dim, axis) => counted(dim, (by[axis] ?? 1) * (steps[axis] ?? 1)));
  const perGroup = channels / groups;
  const all = offsets([
    counted(count, byRow),
    counted(groups, perGroup * byChannel),
    ...along(output, strides),
    counted(perGroup, byChannel),
    ...along(kernel, dilations),
  ]);
  return { output, elements: all.map((at) => around.from[at] ?? -1), count: perGroup * sizeOf(kernel) };
}

/** For every element of the wider shape the element of x, -1 around it; negative pads cut away. */
export function padded(shape: readonly number[], pads: readonly number[]) {
  const strides = stridesOf(shape);
  const wide = shape.map((dim, axis) => dim + (pads[axis] ?? 0) + (pads[axis + shape.length] ?? 0));
  const axes = wide.map((dim, axis) =>
    Array.from({ length: dim }, (_, to) => {
      const own = to - (pads[axis] ?? 0);
      return own >= 0 && own < (shape[axis] ?? 0) ? own * (strides[axis] ?? 1) : Number.NaN;
    }),
  );
  return { shape: wide, from: offsets(axes) };
}

/** Of x with constant weights [m, c / group, ...kernel]. */
function convolution(context: Context, x: readonly number[], { shape, data }: Numbers) {
  const [outputs = 0, perGroup = 0, ...kernel] = shape;
  const groups = integer(context, 'group', 1);
  if (perGroup * groups !== x[1] || outputs % groups !== 0) throw refuse(context, 'shapes do not fit');
  if (!data.every((weight) => Math.abs(weight) < greatestWeight)) throw refuse(context, 'a weight too great');
  const { output, elements, count } = windowsOf(context, x, kernel, groups);
  const result = [x[0] ?? 1, outputs, ...output];
  const plane = sizeOf(output);
  const matrix = matrixOf(sizeOf(result), sizeOf(x), (row, add) => {
    const channel = Math.floor(row / plane) % outputs;
    const group = Math.floor(channel / (outputs / groups));
    const from = (Math.floor(row / (plane * outputs)) * groups + group) * plane + (row % plane);
    for (let k = 0; k < count; k++) add(elements[from * count + k] ?? -1, data[channel * count + k] ?? 0);
  });
  return { shape: result, matrix, count };
}

export function conv(context: Context): Variable {
  const x = variableOf(context, 0);
  const { shape, matrix, count } = convolution(context, x.shape, floatsOf(context, 1));
  return withBias(context, x, shape, matrix, count);
}

/** The transpose of the convolution from its output to its input; weights [c, m / group, ...kernel] are that one's. */
export function convTranspose(context: Context): Variable {
  const x = variableOf(context, 0);
  const weight = floatsOf(context, 1);
  const [inputs = 0, perGroup = 0, ...kernel] = weight.shape;
  const [count = 1, channels, ...space] = x.shape;
  const [strides, dilations] = ['strides', 'dilations'].map((name) => integers(context, name) ?? []);
  const pads = integers(context, 'pads') ?? [];
  const more = integers(context, 'output_padding') ?? [];
  if (integers(context, 'output_shape') !== undefined) throw refuse(context, 'output_shape is not known');
  const wide = space.map(
    (dim, axis) =>
      (dim - 1) * (strides?.[axis] ?? 1) +
      ((kernel[axis] ?? 1) - 1) * (dilations?.[axis] ?? 1) +
      1 +
      (more[axis] ?? 0) -
      (pads[axis] ?? 0) -
      (pads[axis + space.length] ?? 0),
  );
  const shape = [count, perGroup * integer(context, 'group', 1), ...wide];
  const back = convolution(context, shape, weight);
  if (channels !== inputs || back.shape.join() !== x.shape.join()) throw refuse(context, 'shapes do not fit');
  return withBias(context, x, shape, transposed(back.matrix), inputs * sizeOf(kernel));
}

function withBias(
  context: Context,
  x: Variable,
  shape: readonly number[],
  matrix: Matrix,
  terms: number,
): Variable {
  const [, channels = 1, ...space] = shape;
  const own = context.node.inputs[2] ? floatsOf(context, 2) : undefined;
  const bias = own && spread({ ...own, shape: [channels, ...space.map(() => 1)] }, shape);
  return { step: context.builder.dense(x.step, matrix, terms, bias), shape };
}

/** Rows of elements of x, each to be averaged, summed, or its greatest found. */
type Rows = { readonly shape: readonly number[]; readonly elements: Int32Array; readonly count: number };

function pooled(context: Context, { shape }: Variable): Rows {
  const [count = 1, channels = 1, ...space] = shape;
  const isGlobal = context.node.type.startsWith('Global');
  const kernel = isGlobal ? space : (integers(context, 'kernel_shape') ?? []);
  const { output, elements, count: size } = windowsOf(context, shape, kernel, channels);
  return { shape: [count, channels, ...output], elements, count: size };
}

function reduced(context: Context, { shape }: Variable): Rows {
  const given = integersOf(context, 1) ?? integers(context, 'axes');
  if (integer(context, 'noop_with_empty_axes', 0) !== 0) throw refuse(context, 'without axes');
  // None are all, too.
  const chosen = given?.length ? given : [...shape.keys()];
  const axes = new Set(chosen.map((axis) => normalAxis(axis, shape.length)));
  const all = axesOf(shape);
  const split = (isIn: boolean) => all.filter((_, axis) => axes.has(axis) === isIn);
  const keeps = integer(context, 'keepdims', 1) === 1;
  return {
    shape: shape.flatMap((dim, axis) => (axes.has(axis) ? (keeps ? [1] : []) : [dim])),
    elements: offsets([...split(false), ...split(true)]),
    count: sizeOf(shape.filter((_, axis) => axes.has(axis))),
  };
}

/** Sums, or means: of the elements that are there, or counting the padding, too. */
const sumsOf =
  (rowsOf: typeof pooled, isMean: boolean) =>
  (context: Context): Variable => {
    const x = variableOf(context, 0);
    const { shape, elements, count } = rowsOf(context, x);
    const matrix = matrixOf(sizeOf(shape), sizeOf(x.shape), (row, add) => {
      for (const at of elements.subarray(row * count, (row + 1) * count)) add(at, 1);
    });
    const sum = context.builder.dense(x.step, matrix, count + 1);
    if (!isMean) return { step: sum, shape };
    // The sum may overflow where the mean does not.
    const countsAll = integer(context, 'count_include_pad', 0) !== 0;
    const rows = everyIndex(sizeOf(shape));
    const weights = Float64Array.from(rows, (row) => 1 / (countsAll ? count : entriesIn(matrix, row)));
    return { step: context.builder.scaled(sum, rows, weights), shape };
  };

export const averagePool = sumsOf(pooled, true);
export const reduceMean = sumsOf(reduced, true);
export const reduceSum = sumsOf(reduced, false);

/** By pairs, the padding left out. */
const greatestOf =
  (rowsOf: typeof pooled, which: 'max' | 'min') =>
  (context: Context): Variable => {
    const x = variableOf(context, 0);
    if (context.node.type === 'MaxPool' && context.builder.mayBePadded(x.step))
      throw refuse(context, 'padding by 0, which ONNX Runtime may leave out');
    const { shape, elements, count } = rowsOf(context, x);
    const at = (row: number, k: number): number => elements[row * count + k] ?? -1;
    let all = Array.from({ length: count }, (_, k): Operand => {
      const from = Int32Array.from({ length: sizeOf(shape) }, (_, row) => {
        if (at(row, k) >= 0) return at(row, k);
        return elements.subarray(row * count, (row + 1) * count).find((own) => own >= 0) ?? -1;
      });
      if (from.includes(-1)) throw refuse(context, 'a window on nothing but padding');
      return { step: x.step, from };
    });
    while (all.length > 1)
      all = Array.from({ length: Math.ceil(all.length / 2) }, (_, pair): Operand => {
        const [a, b] = [all[2 * pair] as Operand, all[2 * pair + 1]];
        return b === undefined ? a : context.builder.extreme(which, [a, b]);
      });
    const [only] = all;
    if (only === undefined || only instanceof Float64Array) throw refuse(context, 'an extreme of nothing');
    return { step: context.builder.scaled(only.step, only.from), shape };
  };

export const maxPool = greatestOf(pooled, 'max');
export const reduceMax = greatestOf(reduced, 'max');
export const reduceMin = greatestOf(reduced, 'min');
