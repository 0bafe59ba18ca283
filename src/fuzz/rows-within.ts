// How many rows a batch may have: what the values of all of them together may take.
import { footprintOf } from '../graph/footprint.js';
import type { TypedModel } from '../graph/typed-model.js';

export const greatestBatch = 1024;
const activationBytes = 2 ** 28;

/** The greatest power of two up to `greatestBatch` whose activations fit; at least one row. */
export function rowsWithin(models: readonly TypedModel[]): number {
  const perRow = models.reduce((sum, model) => sum + footprintOf(model).activationBytes, 1);
  const rows = Math.min(greatestBatch, activationBytes / perRow);
  return rows < 1 ? 1 : 2 ** Math.floor(Math.log2(rows));
}
