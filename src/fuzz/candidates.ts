// Which rows of a batch deserve a closer look by the coverage criteria.
import type { Screened } from './programs/screened.js';

/** Rows without finite activations are findings, not corpus: distances to them would be NaN ever after. */
export const isPositive = (value: number | undefined): boolean =>
  value !== undefined && value > 0 && value < Infinity;

/** Per criterion the rows that it suspects most, at most `limit` of them; in the order of the batch. */
export function candidatesOf({ suspicion }: Pick<Screened, 'suspicion'>, limit: number): number[] {
  const chosen = new Set<number>();
  for (const values of suspicion) for (const row of mostSuspected(values, limit)) chosen.add(row);
  return [...chosen].sort((a, b) => a - b);
}

/** Greatest first; of equal ones the first in the batch. Sorting all of a batch took longer than all that follows. */
function mostSuspected(values: Float32Array, limit: number): number[] {
  const rows: number[] = [];
  let least = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (!(value > least) || !isPositive(value)) continue;
    let at = Math.min(rows.length, limit - 1);
    for (; at > 0 && value > (values[rows[at - 1] as number] as number); at--)
      rows[at] = rows[at - 1] as number;
    rows[at] = row;
    if (rows.length === limit) least = values[rows[limit - 1] as number] as number;
  }
  return rows;
}
