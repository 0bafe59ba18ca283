// Rows of data as the feeds of a model's file: cut into its inputs, each in its own type.
import { dtypes, isFloat } from '../base/dtype.js';
import { float32, type Tensor } from '../base/tensor.js';
import { elementsPerRow, type FileInput, fileInputs } from '../graph/inputs.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Feeds } from '../program/session.js';

/** @param rows [n, ...features]; n is 1 where the file has no batch axis */
export function feedsOf(model: TypedModel, rows: Tensor<'float32'>): Feeds {
  const inputs = fileInputs(model);
  const count = rows.shape[0] ?? 0;
  const width = rows.data.length / Math.max(count, 1);
  let start = 0;
  return Object.fromEntries(
    inputs.map((input) => {
      const size = elementsPerRow(input, model.batched);
      const shape = model.batched ? [count, ...input.shape.slice(1).map(Number)] : input.shape.map(Number);
      const data = inputs.length === 1 ? rows.data : columns(rows.data, count, width, start, size);
      start += size;
      return [input.name, converted(input, float32(data, shape))];
    }),
  );
}

/** Elements `start` to `start + size` of every row. */
function columns(
  data: Float32Array,
  count: number,
  width: number,
  start: number,
  size: number,
): Float32Array {
  const result = new Float32Array(count * size);
  for (let row = 0; row < count; row++)
    result.set(data.subarray(row * width + start, row * width + start + size), row * size);
  return result;
}

/** Integers are the nearest ones, ties to even, as ONNX rounds. */
function converted({ dtype }: FileInput, { shape, data }: Tensor<'float32'>): Tensor {
  if (dtype === 'float32') return { dtype, shape, data };
  const target = new dtypes[dtype].array(data.length);
  data.forEach((value, at) => {
    if (target instanceof BigInt64Array || target instanceof BigUint64Array)
      target[at] = BigInt(nearest(value));
    else target[at] = isFloat(dtype) ? value : nearest(value);
  });
  return { dtype, shape, data: target } as Tensor;
}

function nearest(value: number): number {
  const floor = Math.floor(value);
  const isTie = value - floor === 0.5;
  const rounded = isTie && floor % 2 === 0 ? floor : Math.round(value);
  return Number.isFinite(rounded) ? rounded : 0;
}
