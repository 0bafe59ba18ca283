// Bounds of one value: by intervals, then by rows of coefficients for the elements where they can matter.
import type { Deadline } from '../../base/deadline.js';
import { inLanes, ranges } from '../../base/lanes.js';
import { int64 } from '../../base/tensor.js';
import type { Feeds, Runtime, Shared } from '../../program/session.js';
import { type Bounds, intersected } from './bounds.js';
import type { Forward, Programs, StageKey } from './programs.js';

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
  const indices = mostUncertain(bounds, kinkOnly, most, isRelevant);
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

/** Elements whose bounds can matter: those that may have both signs, or are not known exactly. Unbounded ones stay so. */
function mostUncertain(
  { lower, upper }: Bounds,
  kinkOnly: boolean,
  most: number,
  isRelevant: (element: number) => boolean,
): number[] {
  const doubt = (at: number): number => {
    const [low, high] = [lower[at] ?? 0, upper[at] ?? 0];
    return kinkOnly ? Math.min(-low, high) : high - low;
  };
  const open = Array.from(lower.keys()).filter(
    (at) => doubt(at) > 0 && Number.isFinite(doubt(at)) && isRelevant(at),
  );
  if (open.length <= most) return open;
  return open
    .sort((a, b) => doubt(b) - doubt(a))
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** As many calls under way as there are threads, and memory: what waits would take memory, too. Stops between calls at the deadline. */
export async function inCalls(
  { runtime, lanes, deadline }: Run,
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
