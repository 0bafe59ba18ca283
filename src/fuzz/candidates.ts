// Which rows of a batch deserve a closer look by the coverage criteria.
import type { Screened } from './programs/screened.js';

/** Rows without finite activations are findings, not corpus: distances to them would be NaN ever after. */
export const isPositive = (value: number | undefined): boolean =>
  value !== undefined && value > 0 && value < Infinity;

/** Per criterion the rows that it suspects most, at most `limit` of them; in the order of the batch. */
export function candidatesOf({ suspicion }: Pick<Screened, 'suspicion'>, limit: number): number[] {
  const chosen = new Set<number>();
  for (const values of suspicion) {
    const rows: number[] = [];
    for (let row = 0; row < values.length; row++) if (isPositive(values[row])) rows.push(row);
    // Stable, so that equal suspicions leave the order of the batch.
    if (rows.length > limit) rows.sort((a, b) => (values[b] as number) - (values[a] as number));
    for (const row of rows.slice(0, limit)) chosen.add(row);
  }
  return [...chosen].sort((a, b) => a - b);
}
