// Rows of noise that were drawn once, as the changes of children.
import type { Tensor } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/**
 * The sum of the two rows that the first two parameters of each column name, in units of the width: [1, children, ...input],
 * or [parents, children, ...input] where the boxes differ.
 * @param table [rows, ...input]
 */
export function sumOfTwoRows(p: Program, table: Tensor, width: Value, parameters: Value): Value {
  const noise = p.constant(table);
  const shared = width.isConstant && width.shape[0] === 1;
  // One width for all is multiplied into the table when the program is compiled, with the same result.
  const rows = shared ? p.mul(noise, p.reshape(width, [1, ...width.shape.slice(2)])) : noise;
  const sum = p.add(
    p.gather(rows, integerAt(p, parameters, 0), 0),
    p.gather(rows, integerAt(p, parameters, 1), 0),
  );
  return shared ? sum : p.mul(sum, width);
}

/** One of the numbers of each child as an index: int64 [parents, children]. */
export const integerAt = (p: Program, parameters: Value, at: number): Value =>
  p.cast(p.reshape(p.slice(parameters, 2, at, at + 1), parameters.shape.slice(0, 2)), 'int64');
