// What becomes of a round of batches: findings first, then whatever is new to some criterion joins the corpus.
import { float32, joined } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import type { Shared } from '../program/session.js';
import { type Batch, selectRows } from './batches.js';
import { candidatesOf, isPositive } from './candidates.js';
import type { Corpus } from './corpus.js';
import type { CoverageState, Snapshot } from './coverage/criterion.js';
import type { FuzzEvents, Hit } from './fuzz.js';
import type { Ledger, Suspect } from './ledger.js';
import type { Screened, Screening } from './screening.js';

/** Batches that are under way together, the coverage that they are screened by, and the corpus that they mutate. */
export type Round = {
  readonly jobs: readonly { readonly batch: Batch; readonly result: Promise<Screened> }[];
  readonly snapshots: readonly Snapshot[];
  readonly shared: Shared;
};

export type Judge = {
  readonly screening: Screening;
  readonly ledger: Ledger;
  readonly corpus: Corpus;
  readonly states: readonly CoverageState[];
  readonly set: InputSet;
  readonly events: FuzzEvents;
};

/** Of each criterion and batch; more than these wait until they are found again. */
const candidatesPerBatch = 16;

export async function judgeRound(round: Round, judge: Judge): Promise<void> {
  const results = await Promise.all(round.jobs.map(({ result }) => result));
  for (const [at, { batch }] of round.jobs.entries()) {
    const screened = results[at];
    if (screened !== undefined) await judgeBatch(batch, screened, round, judge);
  }
  await enlargeCorpus(round, results, judge);
}

async function judgeBatch(batch: Batch, screened: Screened, round: Round, judge: Judge): Promise<void> {
  const { ledger, events } = judge;
  for (const hit of await hitsOf(batch, ledger.record(batch, screened), round, judge)) {
    if (await events.confirm(hit)) ledger.close(hit.instance);
  }
  const strange = ledger.firstNonFinite(batch, screened);
  if (strange === undefined) return;
  for (const hit of await hitsOf(batch, [strange], round, judge)) {
    if (await events.nonFinite(hit)) ledger.settleNonFinite();
  }
}

/** The suspects with their inputs, which the graph makes again. */
async function hitsOf(
  batch: Batch,
  suspects: readonly Suspect[],
  { shared }: Round,
  { screening, set }: Judge,
): Promise<Hit[]> {
  const inputs = await childrenOf(
    batch,
    suspects.map(({ row }) => row),
    shared,
    screening,
  );
  return suspects.map(({ row: _, ...suspect }, at) => ({
    ...suspect,
    input: inputs.slice(at * set.size, (at + 1) * set.size),
  }));
}

async function childrenOf(
  batch: Batch,
  rows: readonly number[],
  shared: Shared,
  screening: Screening,
): Promise<Float32Array> {
  if (rows.length === 0) return new Float32Array();
  return (await screening.children(selectRows(batch, rows), shared)).data;
}

async function enlargeCorpus(round: Round, results: readonly Screened[], judge: Judge): Promise<void> {
  const { screening, corpus, states, set } = judge;
  const chosen = results.map((screened) => candidatesOf(screened, candidatesPerBatch));
  const seeds = chosen.flatMap((rows, at) => rows.map((row) => round.jobs[at]?.batch.seeds[row] ?? 0));
  if (seeds.length === 0) return;
  const parts = round.jobs.map(({ batch }, at) =>
    childrenOf(batch, chosen[at] ?? [], round.shared, screening),
  );
  const inputs = float32(joined(await Promise.all(parts)), [seeds.length, ...set.shape]);
  const profiled = await screening.profile(inputs, round.shared);
  seeds.forEach((seed, at) => {
    const rows = profiled.map(({ profiles }) => rowOf(profiles, at, seeds.length));
    const wanted = states.map((state, criterion) => {
      const [row, since] = [rows[criterion], round.snapshots[criterion]];
      return (
        isPositive(profiled[criterion]?.novelty[at]) &&
        row !== undefined &&
        since !== undefined &&
        state.isNew(row, since)
      );
    });
    if (!wanted.includes(true)) return;
    // Every criterion learns what joins the corpus, so that their tables stay in step with it.
    states.forEach((state, criterion) => {
      state.add(rows[criterion] ?? new Float32Array(), wanted[criterion] ?? false);
    });
    corpus.add(rowOf(inputs.data, at, seeds.length), seed);
  });
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array =>
  values.subarray((row * values.length) / rows, ((row + 1) * values.length) / rows);
