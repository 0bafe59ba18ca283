// The dot products of an affine one-node model, read off the model itself: unit vectors go through without rounding.

import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { encodeModel } from '../../../src/program/emit.js';
import type { Runtime } from '../../../src/program/session.js';
import { floatsOf } from '../../helpers/bounding.js';
import { modelOf } from '../../helpers/models.js';
import type { Recipe } from './fixtures.js';

/** One output: (sum of w x[at] + bias) / divisor. */
export type DotProduct = {
  readonly w: readonly number[];
  readonly at: readonly number[];
  readonly bias: number;
  readonly divisor: number;
};

/** Undefined where alpha scales the sums or the model divides by padding, which unit vectors do not tell. */
export async function linearMap(
  { shape, before = [], node, constants = {} }: Recipe,
  opset: number,
  runtime: Runtime,
): Promise<DotProduct[] | undefined> {
  if (node[3] && 'alpha' in node[3]) return undefined;
  const run = async (values: Readonly<Record<string, Tensor>>, x: Tensor<'float32'>) => {
    const file = modelOf(['batch', ...shape], [...before, node], values, opset);
    const model = await discoverTypes(file, 'map.onnx', runtime);
    return floatsOf(await (await openExecutable(model, encodeModel(file), runtime)).run(x));
  };
  const size = sizeOf(shape);
  const unit = float32(new Float32Array(size * size), [size, ...shape]);
  for (let at = 0; at < size; at++) unit.data[at * size + at] = 1;
  const { b: bias, ...others } = constants;
  const zero = bias && { b: float32(new Float32Array(bias.data.length), bias.shape) };
  const columns = await run({ ...others, ...zero }, unit);
  const shifts = await run(constants, float32(new Float32Array(size), [1, ...shape]));
  const averages = node[0].endsWith('AveragePool') || node[0] === 'ReduceMean';
  return Array.from(shifts, (shift, output) => {
    const column = Array.from({ length: size }, (_, at) => columns[at * shifts.length + output] as number);
    // Terms of weight zero are kept out: they add nothing to sums of finite numbers.
    const at = column.flatMap((w, place) => (w === 0 ? [] : [place]));
    const w = at.map((place) => column[place] as number);
    if (!averages) return { w, at, bias: shift, divisor: 1 };
    return { w: w.map(() => 1), at, bias: 0, divisor: Math.round(1 / (w[0] ?? 1)) };
  });
}
