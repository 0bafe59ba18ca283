// Rows of which backward bounds are those of elements, from below and from above.
import { float32, type Tensor } from '../../base/tensor.js';

/** Rows e_i of some elements of `size`, all of them where none are given, then -e_i: [2 n, size]. */
export function unitRows(size: number, elements?: readonly number[]): Tensor<'float32'> {
  const chosen = elements ?? Array.from({ length: size }, (_, at) => at);
  const data = new Float32Array(2 * chosen.length * size);
  chosen.forEach((element, row) => {
    data[row * size + element] = 1;
    data[(chosen.length + row) * size + element] = -1;
  });
  return float32(data, [2 * chosen.length, size]);
}
