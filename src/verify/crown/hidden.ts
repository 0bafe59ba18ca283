// Intermediate bounds of one box: hidden values in the order of the graph, each from what was found of those before it.
import type { TypedModel } from '../../graph/typed-model.js';
import type { Feeds } from '../../program/session.js';
import { type Bounds, isNarrow } from './bounds.js';
import { type Box, feedsOfBox } from './box.js';
import { createBudget, usualBytesPerBox } from './budget.js';
import type { CrownOptions } from './crown.js';
import type { Plan, Target } from './plan.js';
import { type Run, tightened } from './tighten.js';
import type { Relevant } from './windows/relevant.js';
import type { Known } from './windows/stage.js';
import { openWindows, type Windowed } from './windows/windows.js';

export type HiddenBounds = {
  /** Feeds of a box: its bounds, and those of every value that was tightened before time was over, which are put into `found`, too. */
  bound(box: Box, found?: Bounds[], relevant?: Relevant): Promise<Feeds>;
  /** Whether something was so narrow that bounds by float32 programs are of their rounding rather than of it. */
  wasNarrow(): boolean;
};

/** @param bytesPerRow of coefficients, as the programs have them */
export function openHidden(
  model: TypedModel,
  plan: Plan,
  run: Run,
  options: CrownOptions,
  bytesPerRow: number,
): HiddenBounds {
  const tilesAt = openTiles(model, plan, run, options);
  let wasNarrow = false;
  const bound: HiddenBounds['bound'] = async (box, found = [], relevant) => {
    let feeds = feedsOfBox(box, model);
    const budget = createBudget(options.bytesPerBox ?? usualBytesPerBox, plan.targets.length);
    const whole: Bounds = { lower: box.lower.data, upper: box.upper.data };
    for (const [at, target] of plan.targets.entries()) {
      if (run.deadline.expired()) return feeds;
      const windows = target.plain ? undefined : tilesAt(at);
      const bytesPerElement = 2 * bytesPerRow * (windows?.share ?? 1);
      const { bounds, vectors, elements } = await tightened(run, at, target.kinkOnly, feeds, {
        most: target.plain ? 0 : (options.elementsPerValue ?? budget.affordable(bytesPerElement)),
        byTiles:
          windows && ((bounds, indices) => windows.tighten(bounds, indices, whole, knownOf(plan, found))),
        isRelevant: relevant && ((element) => relevant(target.name, element)),
      });
      budget.spend(elements * bytesPerElement);
      found.push(bounds);
      wasNarrow ||= isNarrow(bounds);
      feeds = { ...feeds, ...vectors, ...run.programs.feedsOf(target, bounds) };
    }
    return feeds;
  };
  return { bound, wasNarrow: () => wasNarrow };
}

/** Bounds by tiles need the whole box, and are float32: others are of dense rows. */
function openTiles(
  model: TypedModel,
  { targets }: Plan,
  { runtime, deadline }: Run,
  options: CrownOptions,
): (at: number) => Windowed | undefined {
  const { ball, dtype = 'float32', tiles = 'worthwhile' } = options;
  const opened = new Map<Target, Windowed | undefined>();
  return (at) => {
    const target = targets[at];
    if (ball !== undefined || dtype !== 'float32' || target === undefined) return undefined;
    if (!opened.has(target)) {
      const before = targets.slice(0, at);
      opened.set(target, openWindows(model, target.name, before, runtime, { ...options, deadline, tiles }));
    }
    return opened.get(target);
  };
}

/** Bounds of the first values of the plan, so many as were found. */
const knownOf = ({ targets }: Plan, found: readonly Bounds[]): Known[] =>
  targets.slice(0, found.length).flatMap((target, at) => {
    const bounds = found[at];
    return bounds === undefined ? [] : [{ target, bounds }];
  });
