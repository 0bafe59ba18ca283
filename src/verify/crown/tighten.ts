// Bounds of one value: by intervals, then by rows of coefficients for the elements where they can matter.
import type { Deadline } from '../../base/deadline.js';
import { inLanes, ranges } from '../../base/lanes.js';
import { int64 } from '../../base/tensor.js';
import type { Feeds, Runtime, Shared } from '../../program/session.js';
import { type Bounds, intersected } from './bounds.js';
import type { Forward, Programs, StageKey } from './programs.js';
import { leastCertain, uncertain } from './uncertain.js';

export type Run = {
  readonly programs: Programs;
  readonly runtime: Runtime;
  /** Whatever the number of threads: sums of another number of rows may round in another way. */
  readonly rowsPerCall: number;
  /** Calls under way at a time. */
  readonly lanes: number;
  readonly deadline: Deadline;
};

type Tightened = Forward & {
  readonly intervals: Bounds;
  /** That were bounded by rows. */
  readonly elements: number;
};

type Wanted = {
  /** Elements, the least certain first. */
  readonly most: number;
  readonly isRelevant?: ((element: number) => boolean) | undefined;
  /** Takes the place of dense rows, unless it gives false. */
  readonly byTiles?: ((bounds: Bounds, indices: readonly number[]) => Promise<boolean>) | undefined;
};

/** Interval bounds, and backward bounds of the elements for which they can matter: their intersection. */
export async function tightened(
  run: Run,
  stage: StageKey,
  kinkOnly: boolean,
  feeds: Feeds,
  { most, isRelevant = () => true, byTiles }: Wanted,
): Promise<Tightened> {
  const { programs, rowsPerCall } = run;
  const { bounds, vectors } = await programs.forward(stage, feeds);
  const intervals = { lower: bounds.lower.slice(), upper: bounds.upper.slice() };
  const indices = leastCertain(bounds, kinkOnly, uncertain(bounds, kinkOnly).filter(isRelevant), most);
  if (await byTiles?.(bounds, indices)) return { bounds, intervals, vectors, elements: indices.length };
  // Two rows per element.
  const perCall = Math.max(1, Math.floor(rowsPerCall / 2));
  await inCalls(run, { ...feeds, ...vectors }, indices.length, perCall, async (shared, from, to) => {
    const chunk = indices.slice(from, to);
    const found = await programs.backward(stage, { indices: int64(chunk) }, shared);
    chunk.forEach((index, at) => {
      intersected(bounds, index, found[at], found[chunk.length + at]);
    });
  });
  return { bounds, intervals, vectors, elements: indices.length };
}

/** As many calls under way as there are threads, and memory: what waits would take memory, too. Stops between calls at the deadline. */
export async function inCalls(
  { runtime, lanes, deadline }: Pick<Run, 'runtime' | 'lanes' | 'deadline'>,
  feeds: Feeds,
  count: number,
  size: number,
  work: (shared: Shared, from: number, to: number) => Promise<void>,
): Promise<void> {
  const shared = runtime.share(feeds);
  try {
    await inLanes(lanes, ranges(count, size), ([from, to]) => work(shared, from, to), deadline.expired);
  } finally {
    shared.release();
  }
}
