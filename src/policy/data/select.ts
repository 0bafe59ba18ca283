// The rows of a data set that a property ranges over.
import { rows as rowsOf } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { Dataset } from '../dataset.js';
import type { Position, RowSelection } from '../policy.js';
import { placeOf } from '../position.js';
import { show } from '../suggest.js';

/**
 * Shares memory with `dataset`.
 * @param at the property, for the error where the data set has fewer rows
 */
export function selectRows(dataset: Dataset, { rows }: RowSelection, at: Position): Dataset {
  if (rows === undefined) return dataset;
  const [count = 0] = dataset.inputs.shape;
  const { from, to } = rows;
  if (to > count) {
    const problem = `rows ${from} to ${to} of the data set ${show(dataset.name)}, which has ${count}`;
    const hint = `write at most ${count}, or leave out "rows" to take all`;
    throw new UserError('INVALID_POLICY', { where: placeOf(at), problem, hint });
  }
  return {
    name: dataset.name,
    inputs: rowsOf(dataset.inputs, from, to),
    labels: dataset.labels?.subarray(from, to),
  };
}
