// Bounds of every disjunct over its whole box by CROWN: those with a row that is positive everywhere are empty.
import type { Deadline } from '../../base/deadline.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import { type Runtime, RuntimeError } from '../../program/session.js';
import type { OpenDisjunct, Rows } from '../branch/types.js';
import { type Crown, openCrown } from '../crown/crown.js';
import { bytesOfHidden, planOf } from '../crown/plan.js';
import { isWorthRaising, openRaised } from '../crown/raised.js';
import { openWinners } from '../crown/winners/raised-winners.js';
import { byBox } from '../equal-boxes.js';
import type { Float32Box } from './boxes.js';

export type RootOptions = {
  readonly arithmetic: Deployment;
  readonly memoryBytes: number;
  /** Coefficients of hidden values of one box. */
  readonly bytesPerBox?: number;
  readonly deadline: Deadline;
};

/**
 * The disjuncts with what is known of their rows; those that were not reached before the deadline as they were.
 * @throws Unbounded where the model has an operator without bound rule
 */
export async function boundRoots(
  model: TypedModel,
  disjuncts: readonly OpenDisjunct[],
  options: RootOptions,
  runtime: Runtime,
): Promise<OpenDisjunct[]> {
  const crown = openCrown(model, runtime, options);
  const bounded = await boundGroups(disjuncts, options.deadline, rowsBy(crown));
  if (bounded.every(isEmpty) || !crown.wasNarrow() || !isDoubleAffordable(model)) return bounded;
  return boundAgain(model, bounded, options, runtime);
}

/** Bytes of coefficients in float64: about 4 s on one thread. */
const greatestDoubleBytes = 2 ** 31;

const isDoubleAffordable = (batched: TypedModel): boolean => {
  const model = instanceOf(batched);
  return 2 * bytesOfHidden(model, planOf(model)) <= greatestDoubleBytes;
};

/** What is open, by float64 programs; as it was where ONNX Runtime has no kernel for one of their operators. */
async function boundAgain(
  model: TypedModel,
  disjuncts: readonly OpenDisjunct[],
  options: RootOptions,
  runtime: Runtime,
): Promise<OpenDisjunct[]> {
  const crown = openCrown(model, runtime, { ...options, dtype: 'float64' });
  const open = disjuncts.filter((disjunct) => !isEmpty(disjunct));
  try {
    const found = await boundGroups(open, options.deadline, rowsBy(crown));
    return disjuncts.map((disjunct) => found[open.indexOf(disjunct)] ?? disjunct);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return [...disjuncts];
  }
}

/**
 * As `boundRoots`, with choices of relaxations raised for every row: tighter, and many times the cost. As they were where the model is
 * one for which that is not worth it.
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function raiseRoots(
  model: TypedModel,
  disjuncts: readonly OpenDisjunct[],
  options: RootOptions,
  runtime: Runtime,
): Promise<OpenDisjunct[]> {
  if (sameBoxes(disjuncts).length > mostRaisedBoxes || !isWorthRaising(model)) return [...disjuncts];
  const raised = openRaised(model, runtime, { ...options, rounds: raisingRounds });
  return boundGroups(disjuncts, options.deadline, raised);
}

/** The first round takes seconds, and is enough where others would only add to a margin. */
const raisingRounds = [
  { hiddenSteps: 1, steps: 30 },
  { hiddenSteps: 10, steps: 40 },
];

/**
 * The disjuncts with what is known of their rows where outputs depend on which scores win, and how far that came; undefined for other models.
 * @throws Unbounded where the output has no bounds
 */
export async function boundWinners(
  model: TypedModel,
  disjuncts: readonly OpenDisjunct[],
  options: RootOptions,
  runtime: Runtime,
): Promise<{ readonly bounded: OpenDisjunct[]; readonly explanation: string } | undefined> {
  if (sameBoxes(disjuncts).length > mostRaisedBoxes) return undefined;
  const counts: string[] = [];
  const onRound = (certain: number, all: number) => counts.push(`${certain} of ${all}`);
  const onPairs = (count: number) => counts.push(`one of each of ${count} pairs more`);
  const efforts = { rounds: winnerRounds, pairSteps: 100, onRound, onPairs };
  const bound = openWinners(model, runtime, { ...options, ...efforts });
  if (bound === undefined) return undefined;
  const bounded = await boundGroups(disjuncts, options.deadline, bound);
  return { bounded, explanation: `winners of scores that bounds make certain: ${counts.join(', ')}` };
}

/** Hidden values take most of the time: the first round leaves only what needs them. */
const winnerRounds = [
  { steps: 0 },
  { hiddenSteps: 0, steps: 10 },
  { hiddenSteps: 5, steps: 20 },
  { hiddenSteps: 12, steps: 60, atOnce: 24 },
];

/** Raising takes seconds a box: many boxes are left to branching. */
const mostRaisedBoxes = 16;

type BoundRows = (
  box: { readonly lower: Tensor<'float32'>; readonly upper: Tensor<'float32'> },
  rows: Tensor<'float32'>,
  /** What each row must be greater than to leave nothing open. */
  enough: Float64Array,
) => Promise<{ readonly least: Float32Array; readonly hidden?: OpenDisjunct['raised'] }>;

const rowsBy =
  (crown: Crown): BoundRows =>
  async (box, rows) => ({ least: await crown.combinations(box, rows) });

/** Disjuncts with what they have and what is found of their rows, the greater of both. */
async function boundGroups(
  disjuncts: readonly OpenDisjunct[],
  deadline: Deadline,
  bound: BoundRows,
): Promise<OpenDisjunct[]> {
  const result = [...disjuncts];
  for (const group of sameBoxes(disjuncts)) {
    const [first] = group;
    if (first === undefined || deadline.expired()) break;
    const members = group.map(({ disjunct }) => disjunct.rows);
    const count = members.reduce((sum, rows) => sum + rows.count, 0);
    if (count === 0) continue;
    const box = boxOf(first.disjunct);
    const enough = group.flatMap(({ disjunct }) => {
      const { rows } = disjunct;
      return Array.from(rowBounds(rows, disjunct, new Float32Array(rows.count)), (bound) => -bound);
    });
    const { least, hidden } = await bound(box, stacked(members, count), Float64Array.from(enough));
    let from = 0;
    for (const { at, disjunct } of group) {
      const { rows } = disjunct;
      const found = rowBounds(rows, disjunct, least.subarray(from, from + rows.count));
      const known = disjunct.known.map((earlier, row) => Math.max(earlier, found[row] ?? -Infinity));
      result[at] = { ...disjunct, known, ...(hidden && { raised: hidden }) };
      from += rows.count;
    }
  }
  return result;
}

/** Greatest |y| over a box, Infinity where nothing is known. @throws Unbounded */
export async function magnitudesOf(
  model: TypedModel,
  box: Float32Box,
  options: RootOptions,
  runtime: Runtime,
): Promise<Float64Array> {
  const { lower, upper } = await openCrown(model, runtime, options).output(boxOf(box));
  return Float64Array.from(lower, (least, at) => {
    const greatest = Math.max(Math.abs(least), Math.abs(upper[at] ?? Infinity));
    return Number.isNaN(greatest) ? Infinity : greatest;
  });
}

const boxOf = ({ lower, upper }: Float32Box) => ({ lower: float32(lower), upper: float32(upper) });

type Placed = { readonly at: number; readonly disjunct: OpenDisjunct };

const sameBoxes = (disjuncts: readonly OpenDisjunct[]): Placed[][] =>
  byBox(
    disjuncts.map((disjunct, at) => ({ at, disjunct })),
    ({ disjunct }) => disjunct,
  );

function stacked(members: readonly Rows[], count: number) {
  const width = members.reduce((sum, { outputs }) => sum + outputs.length, 0) / count;
  const data = new Float32Array(count * width);
  let at = 0;
  for (const { outputs } of members) {
    data.set(outputs, at);
    at += outputs.length;
  }
  return float32(data, [count, width]);
}

/** outputs . y + inputs . x - bound, from lower bounds of outputs . y and each input by itself; rounded down. */
function rowBounds(rows: Rows, box: Float32Box, outputs: Float32Array): Float64Array<ArrayBuffer> {
  const size = box.lower.length;
  return Float64Array.from(outputs, (least, row) => {
    // Products of two float32 numbers are exact in float64, so that only sums round.
    let [total, magnitude, terms] = [least, Math.abs(least), 0];
    for (let at = 0; at < size; at++) {
      const coefficient = rows.inputs[row * size + at] ?? 0;
      if (coefficient === 0) continue;
      const term = coefficient * ((coefficient > 0 ? box.lower[at] : box.upper[at]) ?? Number.NaN);
      terms++;
      total += term;
      magnitude += Math.abs(term);
    }
    const bound = rows.bounds[row] ?? Infinity;
    const below = (magnitude + Math.abs(bound)) * (terms + 2) * 2 ** -53;
    const found = total - bound;
    // Without terms the one subtraction keeps the sign.
    const known = terms === 0 ? found : found - below;
    return Number.isNaN(known) ? -Infinity : known;
  });
}

/** Whether no input satisfies all rows. */
export const isEmpty = ({ known }: OpenDisjunct): boolean => known.some((bound) => bound > 0);
