// Reductions of whole values to one number per row of a batch.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

type Reduce = (value: Value, axes: readonly number[]) => Value;

/**
 * One number per row, in the shape of `like` [batch]. Where it cannot be told which elements belong to which row - no axis of
 * size `batch`, or `batch*4` of them, which may be in any order - one number of all elements stands for every row.
 */
export function perRow(p: Program, value: Value, like: Value, reduce: Reduce): Value {
  const [batch] = like.shape;
  const open = value.shape.filter((dim) => typeof dim === 'string');
  const rows = typeof batch === 'string' && open.length === 1 ? value.shape.indexOf(batch) : -1;
  const axes = value.shape.flatMap((_, axis) => (axis === rows ? [] : [axis]));
  const reduced = reduce(value, axes);
  return rows < 0 ? p.expandLike(p.reshape(reduced, [1]), like) : p.reshape(reduced, like.shape);
}
