// Branching on what is open, and its points on the file.
import { createRng } from '../../base/rng.js';
import { attack } from './attacking.js';
import type { Problem } from './problem.js';
import type { Replay } from './replay.js';
import { report, type State } from './state.js';

export async function branchOpen(state: State): Promise<void> {
  const { options, problem, runtimes, roots, replay } = state;
  if (options.branch === undefined || state.reason === 'unsupported') return;
  report(state, 'branching');
  const before = state.subproblems;
  const { results, strategy } = await options.branch({
    model: problem.model,
    disjuncts: roots.filter(({ index }) => state.open.has(index)),
    arithmetic: options.arithmetic,
    memoryBytes: options.memoryBytes,
    deadline: options.deadline,
    clock: options.clock,
    rng: createRng(options.seed, 'branching'),
    repeatable: options.ration !== undefined,
    ...(options.records && { records: true }),
    runtime: runtimes.pool,
    inline: runtimes.inline,
    tryPoints: (disjunct, points) => tryPoints(replay, disjunct, points, problem),
    suggest: (...found) => state.suggest(...found),
    attack: (milliseconds, scans) => attack(state, Infinity, milliseconds, scans),
    onProgress: ({ subproblems, openDisjuncts, bound }) => {
      const { executions } = state;
      state.subproblems = before + subproblems;
      options.onProgress?.({ phase: 'branching', open: openDisjuncts, executions, subproblems, bound });
    },
  });
  state.strategy.push(...strategy.explanation);
  state.subproblems = before + results.reduce((sum, { subproblems }) => sum + subproblems, 0);
  for (const { index, state: found, bound, reason, detail, proof } of results) {
    state.bounds[index] = Math.max(bound, state.bounds[index] ?? -Infinity);
    if (proof !== undefined) state.proofs.set(index, proof);
    if (found === 'empty') state.open.delete(index);
    else {
      state.reason = reason ?? state.reason;
      state.detail = detail ?? state.detail;
    }
  }
}

async function tryPoints(
  replay: Replay,
  disjunct: number,
  points: Float32Array,
  { disjuncts }: Problem,
): Promise<boolean> {
  const size = disjuncts[disjunct]?.lower.length ?? 1;
  for (let at = 0; at < points.length; at += size)
    if (await replay.confirm(disjunct, points.subarray(at, at + size), 'branching')) return true;
  return false;
}
