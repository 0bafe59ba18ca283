// Gradients without a fuzzer: projected sign-gradient descent on the objective's loss (Madry et al., arXiv 1706.06083), first from the
// seeds, then from uniform points; with or without bisection of the segments on which the answer changes.
import { createRng } from '../../../../src/base/rng.js';
import type { FuzzTarget } from '../../../../src/fuzz/target.js';
import type { Method } from './method.js';
import { type Books, createBooks, inTurn, uniformPoints } from './points.js';
import { type Descend, descendOf, type Judge, judgeOf } from './programs.js';

const stepsPerStart = 16;
/** Of the box, at the first step and at the last; geometric in between. */
const [widest, narrowest] = [1 / 4, 1 / 64];
/** A step of a float32 coordinate has 24 bits. */
const halvings = 20;
/** Starts that walk at the same time. */
const walkers = 16;

export const gradientMethod = (name: string, bisects: boolean): Method => ({
  name,
  run: async (target, budget, seed, runtime) => {
    const { fuzzed } = target;
    const descend = await descendOf(fuzzed, runtime);
    if (descend === undefined) return undefined;
    const judge = bisects ? await judgeOf(fuzzed, runtime) : undefined;
    const books = createBooks(target, budget);
    const rng = createRng(seed, 'gradient');
    const count = fuzzed.set.instanceOf.length;
    for (let start = 0; !books.done; start += walkers) {
      const atSeeds = start < count;
      const seeds = inTurn(fuzzed, start, atSeeds ? Math.min(walkers, count - start) : walkers);
      const inputs = atSeeds ? seedPoints(fuzzed, seeds) : uniformPoints(fuzzed, seeds, rng);
      const sides = await walk({ fuzzed, descend, judge, books }, seeds, inputs);
      // The run would be that of gradients alone.
      if (bisects && !sides) return undefined;
    }
    return books.run;
  },
});

type Walk = {
  readonly fuzzed: FuzzTarget;
  readonly descend: Descend;
  /** Undefined where nothing is bisected. */
  readonly judge: Judge | undefined;
  readonly books: Books;
};

/** Two neighbouring points of a walk between which the answer changes. */
type Crossing = {
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly side: number;
  readonly seed: number;
};

/** Whether the objective has sides. */
async function walk(parts: Walk, seeds: Int32Array, start: Float32Array): Promise<boolean> {
  const { descend, books, fuzzed } = parts;
  const { size } = fuzzed.set;
  const crossings = new Map<number, Crossing>();
  let [inputs, before] = [start, start];
  let sidesBefore: Int32Array | undefined;
  for (let step = 0; step < stepsPerStart && !books.done; step++) {
    const width = widest * (narrowest / widest) ** (step / (stepsPerStart - 1));
    const { judged, moved } = await descend(inputs, seeds, width);
    await books.book(judged, inputs, seeds);
    for (const [row, seed] of seeds.entries()) {
      const side = sidesBefore?.[row];
      if (side === undefined || side === judged.side?.[row] || crossings.has(row)) continue;
      const point = (of: Float32Array) => of.slice(row * size, (row + 1) * size);
      crossings.set(row, { from: point(before), to: point(inputs), side, seed });
    }
    sidesBefore = judged.side;
    [before, inputs] = [inputs, moved];
  }
  if (crossings.size > 0) await bisect(parts, [...crossings.values()]);
  return sidesBefore !== undefined;
}

async function bisect({ judge, books, fuzzed }: Walk, crossings: readonly Crossing[]): Promise<void> {
  if (judge === undefined) return;
  const seeds = Int32Array.from(crossings, ({ seed }) => seed);
  const ends = (pick: 'from' | 'to') => {
    const points = new Float32Array(crossings.length * fuzzed.set.size);
    for (const [row, crossing] of crossings.entries()) points.set(crossing[pick], row * fuzzed.set.size);
    return points;
  };
  const [from, to] = [ends('from'), ends('to')];
  const [low, high] = [new Float32Array(crossings.length), new Float32Array(crossings.length).fill(1)];
  for (let halving = 0; halving < halvings && !books.done; halving++) {
    const at = low.map((least, row) => (least + (high[row] ?? 1)) / 2);
    const inputs = pointsBetween(from, to, at);
    const judged = await judge(inputs, seeds);
    await books.book(judged, inputs, seeds);
    for (const [row, { side }] of crossings.entries()) {
      const half = judged.side?.[row] === side ? low : high;
      half[row] = at[row] ?? 0;
    }
  }
}

function seedPoints({ set }: FuzzTarget, seeds: Int32Array): Float32Array {
  const points = new Float32Array(seeds.length * set.size);
  for (const [row, seed] of seeds.entries())
    points.set(set.seeds.data.subarray(seed * set.size, (seed + 1) * set.size), row * set.size);
  return points;
}

/** Part `at` of each row's way; rounding never leaves the box of the two ends. */
function pointsBetween(from: Float32Array, to: Float32Array, at: Float32Array): Float32Array {
  const size = from.length / at.length;
  return from.map((start, element) => {
    const end = to[element] ?? start;
    const point = Math.fround(start + (at[Math.floor(element / size)] ?? 0) * (end - start));
    return Math.min(Math.max(point, Math.min(start, end)), Math.max(start, end));
  });
}
