// Two ways to spend the same rows on a box: on all that is open of it, or on the least certain elements of its parts.
import { bestCuts, halfOf } from './halves.js';
import type { Prepared } from './prepare.js';
import type { Subproblem } from './subproblem.js';

export type Bound = (prepared: Prepared, boxes: readonly Subproblem[]) => Promise<Subproblem[]>;

/** What all open elements of a box gave. */
export type Spent = {
  /** The box, with what was known before. */
  readonly start: Subproblem;
  readonly bound: number;
  readonly rows: number;
};

export type Comparison = { readonly isBetter: boolean; readonly line: string };

/** Whether the bound is at least that of the worst part of as many parts as take the same rows, bounded by `briefly`. */
export async function compared(
  prepared: Prepared,
  { start, bound, rows }: Spent,
  briefly: Bound,
): Promise<Comparison> {
  const ofPart = prepared.space.hidden.reduce((sum, { most }) => sum + 2 * most, 0);
  const levels = Math.max(0, Math.floor(Math.log2(rows / ofPart)));
  const other = await descended(prepared, start, levels, briefly);
  const isBetter = bound >= other;
  const [all, some] = [bound.toPrecision(4), other.toPrecision(4)];
  return {
    isBetter,
    line: `all open neurons of a part (${rows} rows) give ${all}, the least certain ones of its parts after ${levels} more cuts ${some}: ${isBetter ? 'all' : 'the least certain'} are bounded`,
  };
}

/** The bound of the worst of the parts that so many cuts lead to, as far as bounds of halves tell. */
async function descended(
  prepared: Prepared,
  start: Subproblem,
  levels: number,
  briefly: Bound,
): Promise<number> {
  const { space, bounder } = prepared;
  let [box = start] = await briefly(prepared, [start]);
  for (let level = 0; level < levels && !(box.bound > 0); level++) {
    const [cut] = await bestCuts(space, [box], bounder);
    if (cut === undefined) break;
    const data = halfOf(space.packing, box, cut, cut.left < cut.right);
    [box = box] = await briefly(prepared, [{ ...box, data }]);
  }
  return box.bound;
}
