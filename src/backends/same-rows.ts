// Whether a batch of two gives what its rows give one by one: the proof by trial that a model treats rows independently.
import { isFloat } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';

/** Kernels may sum in another order at another batch size; more than this is another result. */
const relativeTolerance = 1e-3;

export function sameRows(
  double: Tensor | undefined,
  first: Tensor | undefined,
  second: Tensor | undefined,
): boolean {
  if (!double || !first || !second) return false;
  if (
    double.shape[0] !== 2 * (first.shape[0] ?? 0) ||
    double.data.length !== first.data.length + second.data.length
  )
    return false;
  const expected = [...first.data, ...second.data];
  // Not Math.max(...expected): an image is more arguments than a call takes.
  const scale = isFloat(first.dtype)
    ? expected.reduce<number>((most, value) => Math.max(most, Math.abs(Number(value))), 0)
    : 0;
  return expected.every((value, at) => close(value, double.data[at], scale * relativeTolerance));
}

function close(
  a: number | bigint | string,
  b: number | bigint | string | undefined,
  tolerance: number,
): boolean {
  return a === b || Object.is(a, b) || Math.abs(Number(a) - Number(b)) <= tolerance;
}
