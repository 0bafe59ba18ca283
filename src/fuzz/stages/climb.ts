// Climbing without gradients, where there are none or none are wanted: generations of one input, each the start of the next, as long as
// some child comes nearer to a violation. What helped is put together, so that a climb goes on in the sum of many small directions.
import { createRng, type Rng } from '../../base/rng.js';
import { rowsAt } from '../../base/rows.js';
import type { JudgeProgram } from '../programs/judge.js';
import { brood, type Generation, type OffspringProgram } from '../programs/offspring.js';
import type { Screened } from '../programs/screened.js';
import type { FuzzTarget } from '../target.js';
import type { Stage, Visit } from './stage.js';

/**
 * Of one job, at most. Where one box holds all inputs there is one climb to make. Of many instances most do not fail, and a long climb
 * there is one that is not made elsewhere: with 100 of them and 5,000 executions, climbing from all in order found a tenth of what
 * mutants of all did.
 */
const generations = { ofOne: 64, ofMany: 8 };
/** Generations without progress after which a climb has ended. */
const patience = 8;
/** Two calls of 32 rows each, and the inputs out of the runtime and back. */
const cost = 2;

export type ClimbParts = {
  readonly name: string;
  /** Position of the objective. */
  readonly objective: number;
  readonly target: FuzzTarget;
  readonly offspring: OffspringProgram;
  readonly judgement: JudgeProgram;
};

export function climbStage(parts: ClimbParts): Stage {
  const isOne = parts.target.set.lower.shape[0] === 1;
  const most = (isOne ? generations.ofOne : generations.ofMany) * brood.size;
  return {
    name: parts.name,
    cost,
    ...(isOne && { climbs: true }),
    plan({ corpus, scheduler, executions: left, rng }) {
      const entry = scheduler.next(rng);
      const executions = Math.min(left, most);
      // How many numbers a climb draws depends on its way: they are its own.
      const own = createRng(rng.uint32(), parts.name);
      const input = corpus.input(entry).slice();
      const start = { input, entry, seed: corpus.seedOf(entry) };
      return { entries: Int32Array.of(entry), executions, run: () => climb(parts, start, executions, own) };
    },
  };
}

type Start = { readonly input: Float32Array; readonly entry: number; readonly seed: number };

async function climb(parts: ClimbParts, start: Start, executions: number, rng: Rng): Promise<Visit[]> {
  const visits: Visit[] = [];
  const way = createWay(start.input, start.seed);
  for (let left = executions; left > 0 && !way.isOver; left -= brood.size) {
    const children = await parts.offspring.breed(way.next, rng);
    const rows = Math.min(left, brood.size);
    const judged = await judge(parts, children, rows, start);
    visits.push(...judged);
    way.learn(children, ...signalOf(judged, parts.objective));
  }
  return visits;
}

/** The first rows of a generation. */
async function judge(
  { target, judgement, name }: ClimbParts,
  children: Float32Array,
  rows: number,
  { entry, seed }: Start,
): Promise<Visit[]> {
  const { size, instanceOf } = target.set;
  const classes = new Int32Array(rows).fill(target.targets[instanceOf[seed] ?? 0] ?? 0);
  const parts = await judgement.judge(children.subarray(0, rows * size), classes);
  let from = 0;
  return parts.map((screened) => {
    const [first, count] = [from, rowsOf(screened)];
    from += count;
    return {
      by: name,
      seeds: new Int32Array(count).fill(seed),
      parents: new Int32Array(count).fill(entry),
      screened,
      proposed: [],
      parameters: (row) => [first + row],
      inputs: async (picked) =>
        rowsAt(
          children,
          picked.map((row) => first + row),
          size,
        ),
    };
  });
}

const rowsOf = ({ signals }: Screened): number => signals[0]?.violated.length ?? 0;

/** What the objective says of a whole generation. */
function signalOf(visits: readonly Visit[], objective: number): [number[], boolean] {
  const signals = visits.flatMap(({ screened }) => screened.signals[objective] ?? []);
  return [
    signals.flatMap(({ guide }) => [...(guide ?? [])]),
    signals.some(({ violated }) => violated.includes(1)),
  ];
}

/** How a climb goes on. */
type Way = {
  readonly next: Generation;
  readonly isOver: boolean;
  /** @param guides of the generation's rows, the start first: the smaller, the nearer */
  learn(children: Float32Array, guides: readonly number[], isViolated: boolean): void;
};

function createWay(input: Float32Array, seed: number): Way {
  const nothing = new Float32Array(brood.size);
  let [next, idle, found]: [Generation, number, boolean] = [
    { base: input, children: new Float32Array(brood.size * input.length), weights: nothing, seed },
    0,
    false,
  ];
  let nearest = { input, guide: Infinity };
  return {
    get next() {
      return next;
    },
    get isOver() {
      return found || idle >= patience;
    },
    learn(children, guides, isViolated) {
      found = isViolated;
      const inputOf = (row: number) => children.slice(row * input.length, (row + 1) * input.length);
      const best = guides.reduce(
        (least, guide, row) => (guide < (guides[least] ?? Infinity) ? row : least),
        0,
      );
      const [reached = Infinity, start = Infinity] = [guides[best], guides[0]];
      const isNearer = reached < nearest.guide;
      const overshot = !isNearer && start > nearest.guide;
      if (isNearer) nearest = { input: inputOf(best), guide: reached };
      idle = isNearer ? 0 : idle + 1;
      const weights = nothing.map((_, row) => ((guides[row] ?? Infinity) < start ? 1 : 0));
      // What helped one by one may not help together: back to the best of all.
      next = overshot
        ? { base: nearest.input, children, weights: nothing, seed }
        : { base: inputOf(0), children, weights, seed };
    },
  };
}
