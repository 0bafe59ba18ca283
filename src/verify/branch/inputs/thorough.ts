// Bounds of boxes of wide networks, with rows for every hidden element that is open: value by value, so that each has the relaxation that the
// bounds of all before it give. Affine forms come first, which leave few of them open.
import type { Deadline } from '../../../base/deadline.js';
import { openOf } from './batch.js';
import type { Bounder } from './bounder.js';
import { boundRows, refineElements } from './bounding.js';
import type { Forward } from './forward.js';
import type { HiddenValue, Space } from './space.js';
import type { Subproblem } from './subproblem.js';

export type Thorough = {
  readonly space: Space;
  readonly bounder: Bounder;
  readonly forward: Forward;
  /** Nothing is bounded again once it is over. */
  readonly deadline: Deadline;
};

export type Bounded = {
  readonly boxes: Subproblem[];
  /** Of each box, that were bounded of hidden elements. */
  readonly rows: readonly number[];
};

/** Boxes of which at least as much is known as of larger ones; their data is filled in, in place. */
export async function boundThoroughly(thorough: Thorough, boxes: readonly Subproblem[]): Promise<Bounded> {
  if (boxes.length === 0) return { boxes: [], rows: [] };
  const rows = await Promise.all(boxes.map((box) => refineBox(thorough, box, true)));
  return { boxes: await boundRows(thorough.space, boxes, thorough.bounder), rows };
}

/** As `boundThoroughly`, where hidden values of equal boxes are bounded once. @param groups boxes that are equal */
export async function boundGroups(
  thorough: Thorough,
  groups: readonly (readonly Subproblem[])[],
): Promise<Subproblem[]> {
  await Promise.all(
    groups.map(async ([first, ...others]) => {
      if (first === undefined) return;
      await refineBox(thorough, first, others.length === 0);
      for (const { data } of others) data.set(first.data);
    }),
  );
  return boundRows(thorough.space, groups.flat(), thorough.bounder);
}

/**
 * @param stops whether it may end once the rows of its disjunct are proved
 * @returns rows that were bounded
 */
async function refineBox(thorough: Thorough, box: Subproblem, stops: boolean): Promise<number> {
  const { space, forward, deadline } = thorough;
  let [rows, isNews] = [0, true];
  for (const value of space.hidden) {
    if (deadline.expired()) break;
    if (isNews) await forward(space, box.data);
    const open = openOf(space, value, box.data);
    isNews = open.length > 0;
    rows += 2 * open.length;
    if ((await refineValue(thorough, box, value, open)) && stops) break;
  }
  return rows;
}

/** Calls go to all threads. @returns whether the rows of its disjunct are proved */
async function refineValue(
  { space, bounder, deadline }: Thorough,
  box: Subproblem,
  value: HiddenValue,
  open: readonly number[],
): Promise<boolean> {
  const size = space.elementsPerCall;
  const calls = Array.from({ length: Math.ceil(open.length / size) }, (_, at) =>
    open.slice(at * size, (at + 1) * size),
  );
  const proved = await Promise.all(
    calls.map(async (some) => !deadline.expired() && refineElements(space, box, bounder, value, some)),
  );
  return proved.includes(true);
}
