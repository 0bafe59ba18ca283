// Bounds of hidden values at the root, tightened by slopes of their own (Xu et al., arXiv 2011.13824): two rows for every undecided
// element. What later parts gain from it is many times its cost on deep networks, where bounds of bounds grow loose.

import type { Clock } from '../../../base/deadline.js';
import { inLanes, ranges } from '../../../base/lanes.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Deployment } from '../../../ops/rounding.js';
import type { Runtime, Shared } from '../../../program/session.js';
import type { Bounds } from '../../crown/bounds.js';
import { ascend } from './ascent.js';
import { elementsOf, haveCuts, type Neurons } from './neurons.js';
import type { OnRefined } from './recorder.js';
import { type Climb, createSessions } from './sessions.js';
import { createSpace, firstSlopes, rootPoints, type Space } from './space.js';

export type RefineOptions = {
  readonly arithmetic: Deployment;
  readonly runtime: Runtime;
  readonly clock: Clock;
  /** Stops there, with what was found so far. */
  readonly milliseconds: number;
  readonly isStopped: () => boolean;
  /** Told the slopes of every element that was tightened. */
  readonly onRefined?: OnRefined | undefined;
};

type Box = Parameters<typeof createSpace>[1];

const rates = { steps: 20, slope: 0.2, multiplier: 0, decay: 0.95 };
const elementsPerCall = 64;

/** The bounds `root` and what was found; never looser. The first hidden value is left as it is: it has no slopes before it. */
export async function refined(
  model: TypedModel,
  box: Box,
  hidden: readonly Neurons[],
  root: readonly Bounds[],
  options: RefineOptions,
): Promise<readonly Bounds[]> {
  const end = options.clock() + options.milliseconds;
  const isStopped = () => options.isStopped() || options.clock() >= end;
  const bounds = root.map(({ lower, upper }) => ({ lower: lower.slice(), upper: upper.slice() }));
  for (const [k, neurons] of hidden.entries()) {
    if (k === 0 || neurons.cuts === 'nowhere' || isStopped()) continue;
    const space = createSpace(model, box, hidden, bounds);
    await refineValue(
      model,
      space,
      k,
      bounds[k] ?? { lower: new Float32Array(), upper: new Float32Array() },
      {
        ...options,
        isStopped,
      },
    );
  }
  return bounds;
}

async function refineValue(
  model: TypedModel,
  space: Space,
  k: number,
  bounds: Bounds,
  { arithmetic, runtime, isStopped, onRefined }: RefineOptions,
): Promise<void> {
  const name = space.hidden[k]?.name ?? '';
  const sessions = createSessions(model, space.hidden, { name, mixed: false }, arithmetic, runtime);
  const open = openElements(space, k);
  if (open.length === 0) return;
  const first = elementsOf(space.hidden.slice(0, k));
  const told: OnRefined | undefined =
    onRefined && ((own, element, ...slopes) => onRefined(own, first + element, ...slopes));
  const session = await sessions.ascent();
  const shared = runtime.share(space.feeds);
  const refineSome = ([from, to]: readonly [from: number, to: number]) =>
    refineElements(session, shared, space, bounds, open.slice(from, to), isStopped, told);
  try {
    await inLanes(runtime.workers, ranges(open.length, elementsPerCall), refineSome, isStopped);
  } finally {
    shared.release();
  }
}

/** Elements of hidden value k that have places. */
function openElements({ hidden, elements }: Space, k: number): number[] {
  const from = elementsOf(hidden.slice(0, k));
  const own = new Set(elements.slice(1).map((element) => element - from));
  return [...own].filter((at) => at >= 0 && at < (hidden[k]?.size ?? 0));
}

/** Rows of y and of -y for each element. */
async function refineElements(
  session: Climb,
  shared: Shared,
  space: Space,
  bounds: Bounds,
  chunk: readonly number[],
  isStopped: () => boolean,
  onRefined: OnRefined | undefined,
): Promise<void> {
  const count = 2 * chunk.length;
  const size = bounds.lower.length;
  const start = new Float32Array(count * size);
  const slopes = new Float32Array(count * space.width);
  chunk.forEach((element, at) => {
    start[2 * at * size + element] = 1;
    start[(2 * at + 1) * size + element] = -1;
  });
  const points = haveCuts(space.hidden) ? new Float32Array(count * space.width) : undefined;
  for (let row = 0; row < count; row++) {
    slopes.set(firstSlopes(space), row * space.width);
    points?.set(rootPoints(space), row * space.width);
  }
  const none = new Float32Array(count * space.width);
  const limits = new Float64Array(count);
  const batch = { count, start, inputs: undefined, points, splits: none, slopes, multipliers: none, limits };
  const found = await ascend(session, shared, batch, rates, isStopped, onRefined !== undefined);
  chunk.forEach((element, at) => {
    const [least, most] = [found.bounds[2 * at] ?? -Infinity, -(found.bounds[2 * at + 1] ?? -Infinity)];
    bounds.lower[element] = Math.max(bounds.lower[element] ?? -Infinity, least);
    bounds.upper[element] = Math.min(bounds.upper[element] ?? Infinity, most);
    const all = found.best?.slopes ?? found.slopes;
    const slopesOf = (row: number) => all.subarray(row * space.width, (row + 1) * space.width);
    onRefined?.(space, element, slopesOf(2 * at), slopesOf(2 * at + 1));
  });
}
