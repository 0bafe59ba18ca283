// One round of raising: contests that are nearest to being certain first, a few at a time, each time what they depend on before themselves.

import type { Deadline } from '../../../base/deadline.js';
import { inLanes } from '../../../base/lanes.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Bounds } from '../bounds.js';
import { windowsOf } from '../windows/crop.js';
import type { Places, Surroundings } from '../windows/place.js';
import { hull, type Window } from '../windows/window.js';
import { type Contest, differences, isDecided, learn, leastOf } from './contests.js';
import { byWindow, type Group } from './grouping.js';
import { raiseHidden } from './hidden.js';
import type { Winners } from './winners.js';

export type WinnerEffort = {
  /** Steps of Adam for what open contests depend on; 0: the relaxations' own choices. Left out: no hidden values. */
  readonly hiddenSteps?: number;
  /** For contests. */
  readonly steps: number;
  /** Windows at a time, at most: the fewer, the sooner the nearest contests are judged. */
  readonly atOnce?: number;
};

/** What one box is tried with. */
export type Trial = {
  /** Its output is the scores. */
  readonly head: TypedModel;
  readonly winners: Winners;
  readonly contests: readonly Contest[];
  /** Of the winners' numbers; tightened in place. */
  readonly bounds: Bounds;
  /** Bounds of hidden values are tightened in place. */
  readonly around: Surroundings;
  readonly placesOf: (name: string) => Places;
  readonly deadline: Deadline;
  readonly lanes: number;
};

/**
 * Of first steps. On the layers of a convolutional network, 4 steps from 0.8 on narrow hidden values by nine tenths of what 16 steps do; 10
 * steps from 0.1 on by half of it.
 */
export const lengths = { hidden: 0.8, contests: 0.3 } as const;

/** Enough for all threads to be busy, few enough to end soon after what is enough. */
const usuallyAtOnce = 48;

/** Ends early where hidden values are raised and contests become certain no more. @returns whether what is certain was enough */
export async function playRound(
  trial: Trial,
  { hiddenSteps, steps, atOnce = usuallyAtOnce }: WinnerEffort,
  isEnough: () => Promise<boolean>,
): Promise<boolean> {
  const { head, winners, contests, around, placesOf, deadline, lanes } = trial;
  const isCertain = (contest: Contest) => isDecided(contest, winners.needed);
  const open = contests.filter((contest) => !isCertain(contest));
  const places = placesOf(head.output.name);
  const groups = byWindow(open, (contest) => windowOf(contest, places)).sort(
    (a, b) => nearest(b) - nearest(a),
  );
  const raised = new Map<string, Set<number>>();
  for (let from = 0; from < groups.length && !deadline.expired(); from += atOnce) {
    const now = groups.slice(from, from + atOnce);
    if (hiddenSteps !== undefined) {
      const windows = now.map(({ window }) => windowsOf(head, head.output.name, window));
      const effort = { steps: hiddenSteps, firstLength: lengths.hidden, deadline };
      await raiseHidden({ head, around, placesOf, lanes, raised }, windows, effort);
    }
    await inLanes(lanes, now, (group) => raiseContests(trial, places, group, steps), deadline.expired);
    if (await isEnough()) return true;
    // Those that come now lack more: what it would take is better spent on a next round of the nearest.
    if (hiddenSteps !== undefined && !now.some((group) => group.items.some(isCertain))) return false;
  }
  return false;
}

/** The window that all scores of a contest are in. */
export const windowOf = ({ own, others }: Contest, places: Places): Window =>
  others.reduce((all, other) => hull(places.around(other), all), places.around(own));

/** What the most certain of them lacks least. */
const nearest = ({ items }: Group<Contest>): number =>
  items.reduce((most, contest) => Math.max(most, leastOf(contest)), -Infinity);

async function raiseContests(
  { head, winners, around, bounds, deadline }: Trial,
  places: Places,
  { window, items }: { readonly window: Window; readonly items: readonly Contest[] },
  steps: number,
): Promise<void> {
  const part = places.at(window);
  if (part === undefined) return;
  const rows = differences(items, head.output.shape.map(Number), window);
  const enough = new Array<number>(rows.shape[0] ?? 0).fill(winners.needed);
  const effort = { steps, firstLength: lengths.contests, deadline, enough };
  learn(items, await places.raise(part, around, rows, effort));
  for (const contest of items)
    if (isDecided(contest, winners.needed))
      bounds.lower[contest.element] = bounds.upper[contest.element] = contest.leader;
}
