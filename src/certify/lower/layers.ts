// Gemm, MatMul and Conv by constant weights, each with the longest sum that a kernel makes.
import { sizeOf } from '../../base/shape.js';
import { matrixOf } from '../matrix.js';
import type { Variable } from './builder.js';
import {
  broadcastIndices,
  type Context,
  float,
  floatsOf,
  integer,
  integers,
  type Numbers,
  refuse,
  variableOf,
} from './values.js';

/** A B + C with a constant B. */
export function gemm(context: Context): Variable {
  const x = variableOf(context, 0);
  const weight = floatsOf(context, 1);
  if (integer(context, 'transA', 0) !== 0) throw refuse(context, 'transA is not known');
  if (float(context, 'alpha', 1) !== 1 || float(context, 'beta', 1) !== 1)
    throw refuse(context, 'alpha and beta are not known');
  const isTransposed = integer(context, 'transB', 0) !== 0;
  const [rows = 0, columns = 0] = isTransposed ? [...weight.shape].reverse() : weight.shape;
  const [count = 0, length] = x.shape;
  if (x.shape.length !== 2 || length !== rows) throw refuse(context, 'shapes do not fit');
  const at = (k: number, j: number) => weight.data[isTransposed ? j * rows + k : k * columns + j] ?? 0;
  const size = count * columns;
  const matrix = matrixOf(size, count * rows, (row, to) => {
    const from = Math.floor(row / columns) * rows;
    for (let k = 0; k < rows; k++) to.add(from + k, at(k, row % columns));
  });
  const shape = [count, columns];
  const bias = new Float64Array(size);
  if (context.node.inputs[2]) {
    const c = floatsOf(context, 2);
    const spread = broadcastIndices(c.shape, shape);
    bias.set(bias.map((_, i) => c.data[spread[i] ?? 0] ?? 0));
  }
  return { step: context.builder.dense(x.step, matrix, bias, rows), shape };
}

/** x W with W [k, n], or W x with W [p, m]; x may have axes in front. */
export function matmul(context: Context): Variable {
  const [left, right] = [context.variable(0), context.variable(1)];
  if (left !== undefined && right !== undefined) throw refuse(context, 'a product of two computed values');
  if (left !== undefined) return product(context, left, floatsOf(context, 1), false);
  if (right !== undefined) return product(context, right, floatsOf(context, 0), true);
  throw refuse(context, 'no computed input');
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
  const size = sizeOf(shape);
  const matrix = matrixOf(size, sizeOf(x.shape), (row, to) => {
    const result = Math.floor(row / inner) % results;
    const from = Math.floor(row / (inner * results)) * terms * inner + (row % inner);
    for (let k = 0; k < terms; k++)
      to.add(from + k * inner, weight.data[isLeft ? result * columns + k : k * columns + result] ?? 0);
  });
  return { step: context.builder.dense(x.step, matrix, new Float64Array(size), terms), shape };
}

type Window = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly output: readonly number[];
};

/** Conv with constant weights [m, c / group, ...kernel]. */
export function conv(context: Context): Variable {
  const x = variableOf(context, 0);
  const weight = floatsOf(context, 1);
  const [outputs = 0, perGroup = 0, ...kernel] = weight.shape;
  const [count = 0, channels = 0, ...space] = x.shape;
  const groups = integer(context, 'group', 1);
  if (space.length !== kernel.length || perGroup * groups !== channels || outputs % groups !== 0)
    throw refuse(context, 'shapes do not fit');
  const window = windowOf(context, space, kernel);
  const shape = [count, outputs, ...window.output];
  const plane = sizeOf(window.output);
  const taps = sizeOf(kernel);
  const inputPlane = sizeOf(space);
  const matrix = matrixOf(sizeOf(shape), sizeOf(x.shape), (row, to) => {
    const output = Math.floor(row / plane) % outputs;
    const first = Math.floor(row / (plane * outputs)) * channels;
    const group = Math.floor(output / (outputs / groups)) * perGroup;
    for (const [tap, place] of placesOf(window, space, row % plane))
      for (let c = 0; c < perGroup; c++) {
        const w = weight.data[(output * perGroup + c) * taps + tap] ?? 0;
        to.add((first + group + c) * inputPlane + place, w);
      }
  });
  const bias = new Float64Array(sizeOf(shape));
  if (context.node.inputs[2]) {
    const { data } = floatsOf(context, 2);
    bias.set(bias.map((_, at) => data[Math.floor(at / plane) % outputs] ?? 0));
  }
  return { step: context.builder.dense(x.step, matrix, bias, perGroup * taps), shape };
}

function windowOf(context: Context, space: readonly number[], kernel: readonly number[]): Window {
  const { node } = context;
  const padding = node.attributes.get('auto_pad');
  if (padding !== undefined && !(padding.kind === 'string' && padding.value === 'NOTSET'))
    throw refuse(context, 'auto_pad is not known');
  const each = (name: string) => integers(context, name) ?? space.map(() => 1);
  const [strides, dilations] = [each('strides'), each('dilations')];
  const pads = integers(context, 'pads') ?? [...space, ...space].map(() => 0);
  if (
    strides.length !== space.length ||
    dilations.length !== space.length ||
    pads.length !== 2 * space.length
  )
    throw refuse(context, 'attributes do not fit');
  const output = space.map((dim, axis) => {
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const padded = dim + (pads[axis] ?? 0) + (pads[axis + space.length] ?? 0);
    return Math.floor((padded - reach) / (strides[axis] ?? 1)) + 1;
  });
  if (output.some((dim) => !(dim > 0))) throw refuse(context, 'an empty output');
  return { kernel, strides, dilations, begins: pads.slice(0, space.length), output };
}

/** Taps of one output position, and the input position that each reads; those on the padding are left out. */
function placesOf(
  { kernel, strides, dilations, begins, output }: Window,
  space: readonly number[],
  position: number,
): [number, number][] {
  const coordinates: number[] = [];
  let rest = position;
  for (let axis = output.length - 1; axis >= 0; axis--) {
    coordinates[axis] = rest % (output[axis] ?? 1);
    rest = Math.floor(rest / (output[axis] ?? 1));
  }
  let found: [number, number][] = [[0, 0]];
  for (const [axis, dim] of space.entries()) {
    const origin = (coordinates[axis] ?? 0) * (strides[axis] ?? 1) - (begins[axis] ?? 0);
    const taps = kernel[axis] ?? 1;
    found = found.flatMap(([tap, place]) =>
      Array.from({ length: taps }, (_, k): [number, number] => [
        tap * taps + k,
        origin + k * (dilations[axis] ?? 1),
      ])
        .filter(([, at]) => at >= 0 && at < dim)
        .map(([next, at]): [number, number] => [next, place * dim + at]),
    );
  }
  return found;
}
