// Bounds of the whole boxes of what is open.
import { sizeOf } from '../../base/shape.js';
import { Unbounded } from '../../ops/operator.js';
import { ProgramError } from '../../program/program-error.js';
import { type Runtime, RuntimeError } from '../../program/session.js';
import type { OpenDisjunct } from '../branch/types.js';
import { bytesPerSecond, usualBytesPerBox } from '../crown/budget.js';
import { boxAround, boxCache, type Float32Box } from './boxes.js';
import type { DecideOptions } from './problem.js';
import {
  boundRoots,
  boundWinners,
  isEmpty,
  magnitudesOf,
  type RootOptions,
  raiseRoots,
} from './root-bounds.js';
import { needsMagnitudes, rowsOf } from './rows.js';
import { sharedMs } from './shared-time.js';
import { earlier, isSmall, outputsOf, report, type State } from './state.js';

/** Coefficients of one call, at most: the deadline is looked at between calls. */
const rootBytes = 2 ** 28;

/** Of the time, what bounds of hidden values may take. */
const hiddenShare = 0.35;

/** Rationed work is the same whatever the time. */
const bytesPerBox = ({ ration, timeoutMs }: DecideOptions): number => {
  const milliseconds = ration === undefined ? hiddenShare * sharedMs(timeoutMs) : 0;
  return Math.max(usualBytesPerBox, (bytesPerSecond * milliseconds) / 1000);
};

const rootOptions = (options: DecideOptions): RootOptions => ({
  arithmetic: options.arithmetic,
  memoryBytes: Math.min(options.memoryBytes, rootBytes),
  bytesPerBox: bytesPerBox(options),
  deadline: options.deadline,
});

export async function boundAll(state: State): Promise<void> {
  const { problem, options } = state;
  report(state, 'bounds');
  try {
    state.roots = await openDisjuncts(state);
    if (options.branch !== undefined && options.branchesFromRoots) return;
    await boundByWinners(state);
    if (state.roots.every(isEmpty)) return takeBounds(state);
    state.roots = await boundRoots(problem.model, state.roots, rootOptions(options), boundingRuntime(state));
  } catch (error) {
    if (!(error instanceof Unbounded)) throw error;
    [state.reason, state.detail] = ['unsupported', error.message];
  }
  takeBounds(state);
}

/** Of the time, at most. */
const winnerShare = 0.85;

/** Of models that say which scores win: many times the cost of what other models get here, and better than anything later. */
async function boundByWinners(state: State): Promise<void> {
  const { problem, options } = state;
  const milliseconds = options.ration === undefined ? winnerShare * sharedMs(options.timeoutMs) : Infinity;
  const deadline = earlier(options.deadline, milliseconds, options.clock);
  const limits = { ...rootOptions(options), deadline };
  const found = await boundWinners(problem.model, state.roots, limits, boundingRuntime(state)).catch(
    leftToOthers,
  );
  if (found === undefined) return;
  state.roots = found.bounded;
  state.strategy.push(found.explanation);
  state.raised = found.bounded.some(isEmpty);
}

/** What has no bounds so, cannot be run on many rows at once, or has no float64 kernel. */
function leftToOthers(error: unknown): undefined {
  if (error instanceof Unbounded || error instanceof ProgramError || error instanceof RuntimeError) return;
  throw error;
}

function takeBounds({ roots, bounds, open }: State): void {
  for (const disjunct of roots) {
    bounds[disjunct.index] = disjunct.known.reduce((most, bound) => Math.max(most, bound), -Infinity);
    if (isEmpty(disjunct)) open.delete(disjunct.index);
  }
}

/** For so long at most. */
export async function raiseOpen(state: State, milliseconds: number): Promise<void> {
  const { problem, options, runtimes, open } = state;
  if (state.reason === 'unsupported') return;
  report(state, 'bounds');
  const deadline = earlier(options.deadline, milliseconds, options.clock);
  try {
    state.roots = await raiseRoots(
      problem.model,
      state.roots.filter(({ index }) => open.has(index)),
      { ...rootOptions(options), deadline },
      runtimes.pool,
    );
  } catch (error) {
    // What cannot be run on many rows at once stays as it is.
    if (!(error instanceof ProgramError)) throw error;
  }
  const before = open.size;
  takeBounds(state);
  state.raised = open.size < before;
}

const boundingRuntime = ({ problem, runtimes }: State): Runtime =>
  isSmall(problem) ? runtimes.inline : runtimes.pool;

/** Disjuncts of equal boxes and constraints share them. */
async function openDisjuncts(state: State): Promise<OpenDisjunct[]> {
  const { problem, open, options } = state;
  const { model } = problem;
  const sizes = { inputs: sizeOf(model.input.shape.slice(1).map(Number)), outputs: outputsOf(model) };
  const boxOf = boxCache(boxAround);
  const magnitudes = new Map<Float32Box, Float64Array>();
  const result: OpenDisjunct[] = [];
  for (const index of open) {
    const disjunct = problem.disjuncts[index];
    if (disjunct === undefined) continue;
    const box = boxOf(disjunct);
    if (needsMagnitudes(disjunct.constraints) && !magnitudes.has(box))
      magnitudes.set(box, await magnitudesOf(model, box, rootOptions(options), boundingRuntime(state)));
    const rows = rowsOf(disjunct.constraints, sizes, box, magnitudes.get(box));
    result.push({ index, ...box, rows, known: new Float64Array(rows.count).fill(-Infinity) });
  }
  return result;
}
