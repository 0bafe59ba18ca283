// Rows that options name.
import { statSync } from 'node:fs';
import { rows as rowsOf } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import { loadDataset } from '../policy/data/load.js';
import type { Dataset } from '../policy/dataset.js';
import type { DataRef } from '../policy/policy.js';
import { unreadable } from './file-errors.js';
import type { DataOptions } from './options.js';
import { usageError } from './values.js';

export const dataRef = ({ file, inputs, labels, scale }: DataOptions): DataRef => ({
  name: 'data',
  file,
  at: { file, line: 1, column: 1 },
  inputs,
  labels,
  scale,
});

/** All rows, whichever are chosen. Throws UserError. */
export async function loadRows(data: DataOptions): Promise<Dataset> {
  try {
    statSync(data.file);
  } catch (cause) {
    throw unreadable(data.file, cause);
  }
  return loadDataset(dataRef(data)).catch(inOptions);
}

/** Loaders name the keys of a policy; here they are options. */
function inOptions(error: unknown): never {
  if (!(error instanceof UserError) || error.details.hint === undefined) throw error;
  const hint = error.details.hint.replace(/"(inputs|labels)"/g, '--$1').replace(' in the data set', '');
  throw new UserError(error.code, { ...error.details, hint }, { cause: error });
}

/** Those that `--row` or `--rows` choose. */
export function chosenRows(command: string, dataset: Dataset, { rows, file }: DataOptions): Dataset {
  if (rows === undefined) return dataset;
  const [count = 0] = dataset.inputs.shape;
  if (rows.to > count)
    throw usageError(command, `${file} has rows 0 to ${count - 1}, not row ${Math.max(rows.from, count)}`);
  return {
    ...dataset,
    inputs: rowsOf(dataset.inputs, rows.from, rows.to),
    labels: dataset.labels?.subarray(rows.from, rows.to),
  };
}
