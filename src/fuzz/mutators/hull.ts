// The smallest box around all instances as tensors: its ends are the black and the white of an image.
import { greatestFinite } from '../../base/dtype.js';
import { float32, type Tensor } from '../../base/tensor.js';
import type { Domain } from '../domain.js';

/** [1, 1, ...input] each; the width is finite. */
export function hull({ shape, lower, upper }: Domain): Readonly<Record<'lower' | 'upper' | 'width', Tensor>> {
  const grid = (data: Float32Array) => float32(data, [1, 1, ...shape]);
  const width = upper.map((most, at) => Math.min(most - (lower[at] as number), greatestFinite.float32));
  return { lower: grid(lower), upper: grid(upper), width: grid(width) };
}
