// Rows must lie in the input range: a ball around a row outside may not meet it, and anything holds on an empty set.
import { sizeOf } from '../../base/shape.js';
import type { UserError } from '../../base/user-error.js';
import type { Dataset } from '../dataset.js';
import type { DataRef, InputRange } from '../policy.js';
import { invalid } from './raw.js';

/**
 * Bounds are float32 numbers like the rows, so that a row may lie on them.
 * @throws UserError INVALID_DATA naming the first row and element outside, or the wrong number of ranges
 */
export function requireWithin({ inputs }: Dataset, { ranges }: InputRange, ref: DataRef): void {
  const size = sizeOf(inputs.shape.slice(1));
  if (ranges.length !== 1 && ranges.length !== size) {
    const problem = `${size} elements a row, but the policy has ${ranges.length} input ranges`;
    throw invalid(ref.file, problem, 'give one range for all elements, or one for each');
  }
  const lower = Float32Array.from(ranges, ([low]) => low);
  const upper = Float32Array.from(ranges, ([, high]) => high);
  for (let index = 0; index < inputs.data.length; index++) {
    const value = inputs.data[index] ?? 0;
    const range = ranges.length === 1 ? 0 : index % size;
    const [low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY] = [lower[range], upper[range]];
    if (value < low || value > high) throw outside(value, index, size, ranges[range], ref);
  }
}

function outside(
  value: number,
  index: number,
  size: number,
  range: readonly number[] = [],
  { file, scale }: DataRef,
): UserError {
  const where = `${file}, row ${Math.floor(index / size)}, element ${index % size} (counted from 0)`;
  const problem = `${value} lies outside the input range [${range.join(', ')}]`;
  return invalid(where, problem, `correct "scale" (now ${scale}) of the data set, or "inputs" of the policy`);
}
