// Hidden values of a box with choices of relaxations raised for each element: one value after the other, each with what was found of
// earlier ones.
import type { Feeds } from '../../program/session.js';
import { type Bounds, intersected } from './bounds.js';
import { type Box, feedsOfBox } from './box.js';
import type { Dependence } from './dependence.js';
import type { Target } from './plan.js';
import type { Raising } from './raising.js';
import { ascend, intervalBounds } from './row-stage.js';
import { uncertain } from './uncertain.js';
import { unitRows } from './unit-rows.js';

export type RaisedValue = Bounds & {
  /** Whether the combinations depend on each of its elements: the others have interval bounds. */
  readonly isRead: readonly boolean[];
};

/**
 * The feeds of a box with bounds of hidden values, which are put into `found`; undefined where time ran out.
 * @param found of earlier rounds
 */
export async function raiseHidden(
  raising: Raising,
  box: Box,
  dependence: Dependence,
  steps: number,
  found: Map<string, RaisedValue>,
): Promise<Feeds | undefined> {
  const { model, deadline, targets } = raising;
  let feeds = feedsOfBox(box, model);
  for (const [at, target] of targets.entries()) {
    if (deadline.expired()) return undefined;
    const isRead = dependence[at] ?? [];
    const bounds = await raisedValue(raising, target, feeds, {
      isRead,
      steps,
      known: found.get(target.name),
    });
    found.set(target.name, { ...bounds, isRead });
    feeds = { ...feeds, ...raising.feedsOf(target, bounds) };
  }
  return deadline.expired() ? undefined : feeds;
}

type Wanted = Pick<RaisedValue, 'isRead'> & { readonly steps: number; readonly known: Bounds | undefined };

async function raisedValue(
  raising: Raising,
  target: Target,
  feeds: Feeds,
  { isRead, steps, known }: Wanted,
): Promise<Bounds> {
  const bounds = await intervalBounds(await raising.intervalOf(target.name), feeds);
  const size = bounds.lower.length;
  if (known !== undefined)
    for (let at = 0; at < size; at++)
      intersected(bounds, at, known.lower[at], -(known.upper[at] ?? Infinity));
  const open = uncertain(bounds, target.kinkOnly).filter((element) => isRead[element] === true);
  if (target.plain || open.length === 0) return bounds;
  const stage = await raising.stageOf(target.name);
  await raising.inCalls(open.length, 2, stage, feeds, async (shared, from, to) => {
    const chunk = open.slice(from, to);
    const best = await ascend(stage, shared, unitRows(size, chunk), { steps, deadline: raising.deadline });
    chunk.forEach((index, row) => {
      intersected(bounds, index, best[row], best[chunk.length + row]);
    });
  });
  return bounds;
}
