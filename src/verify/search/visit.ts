// One batch of a round: points are placed, climb, and are judged after every step.
import type { Deadline } from '../../base/deadline.js';
import type { Rng } from '../../base/rng.js';
import type { Climb } from './climbs.js';
import type { Stepped } from './program.js';
import type { Attempt } from './rounds.js';
import { remember, type State, spend } from './state.js';

/** Replays a point that looks like a counterexample of a disjunct. */
export type Confirm = (disjunct: number, point: Float32Array) => Promise<boolean>;

/** Margins are of rounded arithmetic: at the end of a climb the best point is tried where it misses by no more than this. */
const nearlyViolated = 1e-4;
const triesPerBatch = 4;

type Visit = {
  readonly rng: Rng;
  readonly confirm: Confirm;
  readonly deadline: Deadline;
};

/** Rows of a batch at their starts. */
function placed({ subject, size, best }: State, batch: readonly Attempt[], rng: Rng): Float32Array {
  const points = new Float32Array(batch.length * size);
  batch.forEach(({ disjunct, start }, row) => {
    const box = subject.boxes[disjunct];
    if (box !== undefined)
      start(points.subarray(row * size, (row + 1) * size), box, rng, best[disjunct]?.point);
  });
  return points;
}

const targetsOf = (batch: readonly Attempt[]): Int32Array =>
  Int32Array.from(batch, ({ disjunct }) => disjunct);

export async function visited(
  state: State,
  batch: readonly Attempt[],
  kind: Climb | undefined,
  visit: Visit,
): Promise<boolean> {
  const { program } = state;
  const targets = targetsOf(batch);
  if (kind === undefined) {
    const points = placed(state, batch, visit.rng);
    return judged(state, batch, points, await program.margins(points, targets), 0, visit.confirm);
  }
  const points = await screened(state, batch, kind.screened, visit);
  const step = kind.steps > 0 ? await program.step() : undefined;
  const summed = Float32Array.from(batch, (attempt) => (attempt.summed ? 1 : 0));
  const zeros = () => new Float32Array(points.length);
  let at: Pick<Stepped, 'points' | 'mean' | 'square'> = { points, mean: zeros(), square: zeros() };
  const [from, to] = kind.sizes;
  for (let number = 1; number <= kind.steps; number++) {
    if (step === undefined || visit.deadline.expired()) return false;
    const size = from * (to / from) ** ((number - 1) / (kind.steps - 1));
    const { margins, ...next } = await step({ ...at, targets, summed }, { number, size });
    if (await judged(state, batch, at.points, margins, 0, visit.confirm)) return true;
    at = next;
  }
  const margins = await program.margins(at.points, targets);
  return judged(state, batch, at.points, margins, nearlyViolated, visit.confirm);
}

/** The best of some starts of each attempt; where one is a counterexample, climbing begins at it. */
async function screened(state: State, batch: readonly Attempt[], count: number, { rng, deadline }: Visit) {
  const { size, program } = state;
  const points = placed(state, batch, rng);
  if (count === 1) return points;
  const targets = targetsOf(batch);
  const least = await program.margins(points, targets);
  for (let turn = 1; turn < count && !deadline.expired(); turn++) {
    const others = placed(state, batch, rng);
    (await program.margins(others, targets)).forEach((margin, row) => {
      if (!(margin < (least[row] ?? Infinity))) return;
      least[row] = margin;
      points.set(others.subarray(row * size, (row + 1) * size), row * size);
    });
  }
  spend(state, batch, count);
  return points;
}

/** Remembers the best points, and tries those that look like counterexamples. */
async function judged(
  state: State,
  batch: readonly Attempt[],
  points: Float32Array,
  margins: Float32Array,
  tolerance: number,
  confirm: Confirm,
): Promise<boolean> {
  const { size } = state;
  spend(state, batch, 1);
  const pointOf = (row: number) => points.subarray(row * size, (row + 1) * size);
  const promising: number[] = [];
  batch.forEach(({ disjunct }, row) => {
    const margin = margins[row] ?? Number.NaN;
    remember(state, disjunct, pointOf(row), margin);
    if (margin <= tolerance) promising.push(row);
  });
  promising.sort((a, b) => (margins[a] ?? 0) - (margins[b] ?? 0));
  for (const row of promising.slice(0, triesPerBatch))
    if (await confirm(batch[row]?.disjunct ?? 0, pointOf(row))) return true;
  return false;
}
