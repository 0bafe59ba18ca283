// Search for a counterexample of any of many disjuncts: samples, then gradient climbs (PGD: Madry et al., arXiv 1706.06083; with
// Adam's steps) from many points of all disjuncts at once, those with the least margins first. What it finds is only a candidate.

import type { Deadline } from '../../base/deadline.js';
import { inLanes } from '../../base/lanes.js';
import { createRng } from '../../base/rng.js';
import { footprintOf } from '../../graph/footprint.js';
import type { Runtime } from '../../program/session.js';
import { compileSearch } from './program.js';
import { type Attempt, costOf, nextRound } from './rounds.js';
import { remember, type SearchSubject, type State } from './state.js';
import { tableOf } from './table.js';
import { type Confirm, visited } from './visit.js';

export type SearchEffort = {
  /** Executions of the model; a round that has begun is finished, unless they are `exact`. */
  readonly executions: number;
  /** Rounds are cut to what is left. */
  readonly exact?: boolean;
  /** Whether points are only sampled, which takes no program of gradients. */
  readonly scans?: boolean;
  readonly deadline: Deadline;
};

export type Search = {
  /**
   * Goes on searching among some disjuncts until a candidate is confirmed, or the effort is spent.
   * @returns whether a candidate was confirmed
   */
  run(open: readonly number[], effort: SearchEffort, confirm: Confirm): Promise<boolean>;
  /** Goes on from a point that something else came upon, where it is nearer to violating the disjunct than all that are known. */
  suggest(disjunct: number, point: Float32Array, margin: number): void;
  readonly executions: () => number;
  readonly executionsOf: (disjunct: number) => number;
  /** Least margin seen of a disjunct: positive by how much its nearest point fails to violate; Infinity before the first. */
  readonly leastMargin: (disjunct: number) => number;
};

const rowsPerBatch = 256;
/** Values of a batch, forward and backward, that still fit into memory beside each other. */
const bytesPerBatch = 2 ** 27;

export async function openSearch(subject: SearchSubject, runtime: Runtime, seed: number): Promise<Search> {
  const { model, disjuncts, boxes, outputs } = subject;
  const distinct = [...new Set(boxes)];
  const numberOf = new Map(distinct.map((box, at) => [box, at]));
  const of = Int32Array.from(boxes, (box) => numberOf.get(box) ?? 0);
  const program = await compileSearch(model, tableOf(disjuncts, outputs), { distinct, of }, runtime);
  const affordable = Math.floor(bytesPerBatch / Math.max(1, 2 * footprintOf(model).activationBytes));
  const state: State = {
    subject,
    program,
    size: boxes[0]?.lower.length ?? 0,
    rows: program.batched ? Math.max(1, Math.min(rowsPerBatch, affordable)) : 1,
    lanes: runtime.workers,
    best: disjuncts.map(() => ({ margin: Infinity, point: undefined })),
    executions: 0,
    spent: new Float64Array(disjuncts.length),
    scans: 0,
    rounds: 0,
    repeated: -1,
  };
  return {
    run: (open, effort, confirm) => search(state, open, effort, confirm, seed),
    suggest: (disjunct, point, margin) => remember(state, disjunct, point, margin),
    executions: () => state.executions,
    executionsOf: (disjunct) => state.spent[disjunct] ?? 0,
    leastMargin: (disjunct) => state.best[disjunct]?.margin ?? Infinity,
  };
}

async function search(
  state: State,
  open: readonly number[],
  { executions, exact, scans = false, deadline }: SearchEffort,
  confirm: Confirm,
  seed: number,
): Promise<boolean> {
  if (open.length === 0) return false;
  const until = state.executions + executions;
  while (!deadline.expired() && state.executions < until) {
    const { name, kind, wanted, repeat } = await nextRound(state, open, scans);
    const affordable = exact ? Math.floor((until - state.executions) / costOf(kind)) : Infinity;
    const attempts = wanted.slice(0, affordable);
    if (attempts.length === 0) return false;
    const batches = Array.from({ length: Math.ceil(attempts.length / state.rows) }, (_, at) =>
      attempts.slice(at * state.rows, (at + 1) * state.rows),
    );
    let confirmed = false;
    const visit = async ([at, batch]: readonly [at: number, batch: readonly Attempt[]]) => {
      const rng = createRng(seed, `search/${name}/${at}`);
      if (await visited(state, batch, kind, { rng, confirm, deadline })) confirmed = true;
    };
    await inLanes(state.lanes, batches.entries(), visit, () => confirmed || deadline.expired());
    if (confirmed) return true;
    if (deadline.expired()) repeat();
  }
  return false;
}
