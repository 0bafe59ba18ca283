// What becomes of a round of batches: findings first, then whatever is new to some criterion joins the corpus.
import type { Tensor } from '../base/tensor.js';
import { float32, joined } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import type { Shared } from '../program/session.js';
import { type Batch, selectRows } from './batches.js';
import type { Corpus } from './corpus.js';
import type { CoverageState, Snapshot } from './coverage/criterion.js';
import type { FuzzEvents, Hit } from './fuzz.js';
import { candidatesOf, isNew, type Ledger, type Suspect } from './ledger.js';
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

/** More candidates of one batch than this wait until they are found again. */
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
  const candidates = round.jobs.flatMap(({ batch }, at) =>
    candidatesOf(results[at], candidatesPerBatch).map((row) => ({
      job: at,
      row,
      seed: batch.seeds[row] ?? 0,
      newTo: results[at]?.novelty.map((novelty) => isNew(novelty[row])) ?? [],
    })),
  );
  if (candidates.length === 0) return;
  const parts = round.jobs.map(({ batch }, at) =>
    childrenOf(
      batch,
      candidates.filter(({ job }) => job === at).map(({ row }) => row),
      round.shared,
      screening,
    ),
  );
  const inputs: Tensor<'float32'> = float32(joined(await Promise.all(parts)), [
    candidates.length,
    ...set.shape,
  ]);
  const profiles = await screening.profile(inputs);
  candidates.forEach(({ seed, newTo }, at) => {
    // Every criterion is asked, so that each remembers what it saw first.
    const kept = states.map((state, criterion) => {
      const [profile, snapshot] = [profiles[criterion], round.snapshots[criterion]];
      if (profile === undefined || snapshot === undefined || !(newTo[criterion] ?? false)) return false;
      const width = profile.length / candidates.length;
      return state.keep(profile.subarray(at * width, (at + 1) * width), snapshot);
    });
    if (kept.some(Boolean)) corpus.add(inputs.data.subarray(at * set.size, (at + 1) * set.size), seed);
  });
}
