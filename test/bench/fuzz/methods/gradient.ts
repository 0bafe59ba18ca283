// Gradients without a fuzzer: projected sign-gradient descent on the objective's loss (Madry et al., arXiv 1706.06083), first from the
// seeds, then from uniform points; with or without bisection of the segments on which the answer changes.
import { createRng } from '../../../../src/base/rng.js';
import { type AscendProgram, ascendProgram } from '../../../../src/fuzz/programs/ascend.js';
import { type BetweenProgram, betweenProgram } from '../../../../src/fuzz/programs/between.js';
import type { FuzzTarget } from '../../../../src/fuzz/target.js';
import type { Method } from './method.js';
import { type Books, createBooks, inTurn, uniformPoints } from './points.js';

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
    const ascend = await ascendProgram(fuzzed, 0, runtime);
    if (ascend === undefined) return undefined;
    const between = bisects ? await betweenProgram(fuzzed, runtime) : undefined;
    const books = createBooks(target, budget);
    const rng = createRng(seed, 'gradient');
    const count = fuzzed.set.instanceOf.length;
    for (let start = 0; !books.done; start += walkers) {
      const atSeeds = start < count;
      const seeds = inTurn(fuzzed, start, atSeeds ? Math.min(walkers, count - start) : walkers);
      const inputs = atSeeds ? seedPoints(fuzzed, seeds) : uniformPoints(fuzzed, seeds, rng);
      const sides = await walk({ fuzzed, ascend, between, books }, seeds, inputs);
      // The run would be that of gradients alone.
      if (bisects && !sides) return undefined;
    }
    return books.run;
  },
});

type Walk = {
  readonly fuzzed: FuzzTarget;
  readonly ascend: AscendProgram;
  readonly between: BetweenProgram | undefined;
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
  const { ascend, books, fuzzed } = parts;
  const { size } = fuzzed.set;
  const crossings = new Map<number, Crossing>();
  let [inputs, before] = [start, start];
  let sidesBefore: Int32Array | undefined;
  for (let step = 0; step < stepsPerStart && !books.done; step++) {
    const width = widest * (narrowest / widest) ** (step / (stepsPerStart - 1));
    const steps = new Float32Array(seeds.length).fill(width);
    const { screened, moved } = await ascend.step({ inputs, seeds, steps, chosen: undefined });
    await books.book(screened, inputs, seeds);
    for (const [row, seed] of seeds.entries()) {
      const side = sidesBefore?.[row];
      if (side === undefined || side === screened.side?.[row] || crossings.has(row)) continue;
      const point = (of: Float32Array) => of.slice(row * size, (row + 1) * size);
      crossings.set(row, { from: point(before), to: point(inputs), side, seed });
    }
    sidesBefore = screened.side;
    [before, inputs] = [inputs, moved];
  }
  if (crossings.size > 0) await bisect(parts, [...crossings.values()]);
  return sidesBefore !== undefined;
}

async function bisect({ between, books, fuzzed }: Walk, crossings: readonly Crossing[]): Promise<void> {
  if (between === undefined) return;
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
    const { screened, inputs } = await between.judge({ from, to, at, seeds });
    await books.book(screened, inputs, seeds);
    for (const [row, { side }] of crossings.entries()) {
      const half = screened.side?.[row] === side ? low : high;
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
