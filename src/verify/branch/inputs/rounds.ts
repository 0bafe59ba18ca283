// Boxes that are split together, and what becomes of them: the frontier hears of it in the order in which rounds were begun, whenever the
// threads are done.
import { inLanes, ranges } from '../../../base/lanes.js';
import { cutRecord } from '../record.js';
import type { Frontier } from './frontier.js';
import type { Refining } from './refining.js';
import type { Runner } from './runners.js';
import { type Split, splitBoxes } from './split.js';
import type { Subproblem } from './subproblem.js';

export type Round = { readonly parents: readonly Subproblem[]; readonly splits: Promise<readonly Split[]> };

/**
 * @param perCall boxes of one call
 * @param elsewhere whether threads do all of it by themselves, where they can
 */
export function splitAll(
  boxes: readonly Subproblem[],
  perCall: number,
  { prepared, lanes }: Runner,
  refining: Refining,
  elsewhere: boolean,
): Promise<readonly Split[]> {
  const { space, bounder } = prepared;
  const { split } = bounder;
  const splits =
    elsewhere && split !== undefined
      ? inCalls(boxes, perCall, boxes.length, (some) => split(space, some))
      : inCalls(boxes, perCall, lanes, (some) =>
          splitBoxes(space, bounder, some, (parts) => refining.parts(prepared, parts)),
        );
  // Whoever settles the round is told.
  splits.catch(() => {});
  return splits;
}

/** As many calls under way as there are lanes; results in the order of the items. */
export async function inCalls<T, R>(
  items: readonly T[],
  perCall: number,
  lanes: number,
  work: (some: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: (readonly R[])[] = [];
  await inLanes(lanes, ranges(items.length, perCall), async ([from, to]) => {
    results[from / perCall] = await work(items.slice(from, to));
  });
  return results.flat();
}

/** Waits for the first round; open halves of its boxes are added. */
export async function settle(rounds: Round[], frontier: Frontier): Promise<void> {
  const round = rounds.shift();
  const splits = (await round?.splits) ?? [];
  round?.parents.forEach((parent, at) => {
    for (const child of childrenOf(parent, splits[at], frontier)) frontier.add(child);
  });
}

/** A box that cannot be cut stays open for good. */
function childrenOf(parent: Subproblem, split: Split | undefined, frontier: Frontier): Subproblem[] {
  if (split === undefined || split.kind === 'uncut') {
    frontier.exhaust(parent);
    return [];
  }
  frontier.done(parent.disjunct);
  if (split.kind === 'nothing') return [];
  const records = parent.record ? cutRecord(parent.record, split.input, split.at) : [];
  return split.halves.flatMap(({ bound, open }, side) => {
    frontier.count(parent.disjunct, bound);
    const { [side]: record } = records;
    if (open === undefined) return [];
    return [record === undefined ? open : { ...open, record }];
  });
}
