// Slopes and multipliers of many sub-problems raised together; those that are proved leave early.
import { rowsAt } from '../../../base/rows.js';
import { float32 } from '../../../base/tensor.js';
import type { Feeds, Results, Shared } from '../../../program/session.js';
import { adamRates } from './adam.js';
import { type Climb, momentNames } from './sessions.js';
import { expendable } from './space.js';

/** n sub-problems of one box; arrays are row-major. */
export type Batch = {
  readonly count: number;
  /** [n, target] */
  readonly start: Float32Array<ArrayBuffer>;
  /** [n, input]; undefined where no row has coefficients of inputs. */
  readonly inputs: Float32Array<ArrayBuffer> | undefined;
  /** [n, width]; undefined where only kinks are split. */
  readonly points?: Float32Array<ArrayBuffer> | undefined;
  /** [n, width] each */
  readonly splits: Float32Array<ArrayBuffer>;
  readonly slopes: Float32Array<ArrayBuffer>;
  readonly multipliers: Float32Array<ArrayBuffer>;
  /** [n]: beyond this the sub-problem is proved. */
  readonly limits: Float64Array<ArrayBuffer>;
  /** [n]: what was the bound of the sub-problem that each is a part of; left out: nothing is known. */
  readonly parents?: Float64Array<ArrayBuffer>;
};

export type Rates = {
  readonly steps: number;
  readonly slope: number;
  /** In the unit of coefficients. */
  readonly multiplier: number;
  /** Factor of both from step to step. */
  readonly decay: number;
  /** When a sub-problem that is not proved leaves before the last step: its parts gain more. Left out: never. */
  readonly patience?: Patience;
};

/** A sub-problem leaves where what it gained since the last look is both little and too little. */
export type Patience = {
  /** Little: less than this share of what it has gained over the sub-problem that it is a part of. */
  readonly share: number;
  /** Too little: so many times as much would not prove it. */
  readonly looks: number;
};

export type Ascended = {
  /** [n]: the greatest bound of all steps. */
  readonly bounds: Float64Array<ArrayBuffer>;
  /** [n, width], of the last step that the sub-problem took. */
  readonly slopes: Float32Array<ArrayBuffer>;
  readonly multipliers: Float32Array<ArrayBuffer>;
  /** [n, width], of the step that had the greatest bound; only where they are kept. */
  readonly best?: Choices | undefined;
};

/** [n, width] each */
type Choices = Pick<Batch, 'slopes' | 'multipliers'>;

/** Steps between looks at which sub-problems are proved. */
const stepsBetweenLooks = 4;

export async function ascend(
  { step: session, still }: Climb,
  shared: Shared,
  batch: Batch,
  rates: Rates,
  isStopped: () => boolean = () => false,
  keepsBest = false,
): Promise<Ascended> {
  const width = batch.slopes.length / batch.count;
  const result = nothingFound(batch, keepsBest);
  /** Bounds of the last look. */
  const seen = new Float64Array(batch.count);
  let open = Array.from({ length: batch.count }, (_, at) => at);
  let state = firstState(batch);
  let stays = await stillOf(still, shared, batch, open);
  for (let step = 1; step <= rates.steps && open.length > 0 && !isStopped(); step++) {
    // The session takes the arrays that it is given.
    const used = keepsBest ? choicesOf(state) : undefined;
    const feeds = { ...feedsOf(batch, open, state), ...stays, ...ratesAt(rates, step) };
    const found = await session.run(feeds, shared);
    keepGreatest(result, open, floats(found, 'bound'), used);
    state = stateIn(found);
    if (step === 1) seen.set(result.bounds);
    const isLast = step === rates.steps;
    if (!isLast && step % stepsBetweenLooks !== 0) continue;
    open.forEach((at, row) => {
      copyChoices(result, at, state, row, width);
    });
    const left = rowsLeft(batch, open, result.bounds, seen, rates);
    if (left.length === open.length) continue;
    state = taken(state, left, width);
    open = left.map((row) => open[row] ?? 0);
    if (!isLast && open.length > 0) stays = await stillOf(still, shared, batch, open);
  }
  return result;
}

const nothingFound = (batch: Batch, keepsBest: boolean): Ascended => ({
  bounds: new Float64Array(batch.count).fill(-Infinity),
  ...choicesOf(batch),
  best: keepsBest ? choicesOf(batch) : undefined,
});

const choicesOf = ({ slopes, multipliers }: Choices): Choices => ({
  slopes: slopes.slice(),
  multipliers: multipliers.slice(),
});

function ratesAt({ slope, multiplier, decay }: Rates, step: number) {
  const factor = decay ** (step - 1);
  return {
    slopeRates: float32(adamRates(slope * factor, step)),
    multiplierRates: float32(adamRates(multiplier * factor, step)),
  };
}

const floats = (found: Results, name: string) => found[name]?.data as Float32Array<ArrayBuffer>;

const stateIn = (found: Results): State => ({
  slopes: floats(found, 'slopes/next'),
  multipliers: floats(found, 'multipliers/next'),
  moments: momentNames.map((name) => floats(found, `${name}/next`)),
});

/** @param used the choices that give the bounds, where the best are kept */
function keepGreatest(
  result: Ascended,
  open: readonly number[],
  bounds: Float32Array,
  used: Choices | undefined,
): void {
  open.forEach((at, row) => {
    const [bound, before] = [bounds[row] ?? -Infinity, result.bounds[at] ?? -Infinity];
    if (!(bound > before)) return;
    result.bounds[at] = bound;
    if (used && result.best) copyChoices(result.best, at, used, row, used.slopes.length / open.length);
  });
}

/** One sub-problem's, from a row of those under way. */
function copyChoices(target: Choices, at: number, source: Choices, row: number, width: number): void {
  const ownOf = (data: Float32Array) => data.subarray(row * width, (row + 1) * width);
  target.slopes.set(ownOf(source.slopes), at * width);
  target.multipliers.set(ownOf(source.multipliers), at * width);
}

/** Rows of the sub-problems that stay; their bounds are seen. */
function rowsLeft(
  batch: Batch,
  open: readonly number[],
  bounds: Float64Array,
  seen: Float64Array,
  rates: Rates,
): number[] {
  return open.flatMap((at, row) => {
    const bound = bounds[at] ?? 0;
    const isLeaving = bound > (batch.limits[at] ?? 0) || isHopeless(batch, at, bound, seen[at] ?? 0, rates);
    seen[at] = bound;
    return isLeaving ? [] : [row];
  });
}

/** @param before its bound at the last look */
function isHopeless(
  { limits, parents }: Batch,
  at: number,
  bound: number,
  before: number,
  { patience }: Rates,
): boolean {
  if (patience === undefined) return false;
  const gained = bound - before;
  const inAll = bound - (parents?.[at] ?? -Infinity);
  return gained < patience.share * inAll && patience.looks * gained < (limits[at] ?? 0) - bound;
}

/** Values of the program that stay the same from step to step. */
async function stillOf(
  still: Climb['still'],
  shared: Shared,
  batch: Batch,
  open: readonly number[],
): Promise<Feeds> {
  if (still === undefined) return {};
  const points = rowsAt(batch.points ?? batch.splits, open, batch.splits.length / batch.count);
  const found: Results = await still.run({ points: expendable(points, open.length) }, shared);
  return found;
}

type State = Choices & { readonly moments: readonly Float32Array<ArrayBuffer>[] };

const firstState = (batch: Batch): State => ({
  ...choicesOf(batch),
  moments: momentNames.map(() => new Float32Array(batch.slopes.length)),
});

function feedsOf(batch: Batch, open: readonly number[], { slopes, multipliers, moments }: State) {
  const n = open.length;
  const own = (data: Float32Array<ArrayBuffer>) =>
    expendable(rowsAt(data, open, data.length / batch.count), n);
  return {
    start: own(batch.start),
    ...(batch.inputs && { inputs: own(batch.inputs) }),
    ...(batch.points && { points: own(batch.points) }),
    splits: own(batch.splits),
    slopes: expendable(slopes, n),
    multipliers: expendable(multipliers, n),
    ...Object.fromEntries(momentNames.map((name, at) => [name, expendable(moments[at] ?? slopes, n)])),
  };
}

const taken = ({ slopes, multipliers, moments }: State, rows: readonly number[], width: number): State => ({
  slopes: rowsAt(slopes, rows, width),
  multipliers: rowsAt(multipliers, rows, width),
  moments: moments.map((moment) => rowsAt(moment, rows, width)),
});
