// What becomes of a round of batches: findings first, then whatever is new to some criterion joins the corpus.
import type { Shared } from '../program/session.js';
import { type Batch, concatenated, selectRows } from './batches.js';
import { candidatesOf, isPositive } from './candidates.js';
import type { Corpus } from './corpus.js';
import type { CoverageState, Snapshot } from './coverage/criterion.js';
import type { FuzzEvents, Hit } from './fuzz.js';
import type { Ledger, Suspect } from './ledger.js';
import type { Inspected, Screened, Screening } from './screening.js';

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
  readonly events: FuzzEvents;
};

/** Of each criterion and batch; more than these wait until they are found again. */
const candidatesPerBatch = 16;

export async function judgeRound(round: Round, judge: Judge): Promise<void> {
  const results = await Promise.all(round.jobs.map(({ result }) => result));
  const chosen = round.jobs.map(({ batch }, at) => choose(batch, results[at], judge));
  // One call for all that the round leaves to be looked at: it waits behind batches of the next.
  const batch = concatenated(
    round.jobs.map((job, at) => selectRows(job.batch, chosen[at]?.map(({ row }) => row) ?? [])),
  );
  if (batch.rows === 0) return;
  const inspected = await judge.screening.inspect(batch, round.shared);
  const picks = chosen.flat();
  for (const [at, pick] of picks.entries()) {
    const input = rowOf(inspected.inputs.data, at, batch.rows).slice();
    await judgeHits(pick, input, judge);
  }
  picks.forEach(({ isCandidate }, at) => {
    if (isCandidate) considerForCorpus(at, batch, inspected, round, judge);
  });
}

/** A row of a batch that is to be looked at, and why. */
type Pick = {
  readonly row: number;
  readonly suspect: Suspect | undefined;
  readonly strange: Suspect | undefined;
  readonly isCandidate: boolean;
};

function choose(batch: Batch, screened: Screened | undefined, { ledger }: Judge): Pick[] {
  if (screened === undefined) return [];
  const suspects = new Map(ledger.record(batch, screened).map((suspect) => [suspect.row, suspect]));
  const strange = ledger.firstNonFinite(batch, screened);
  const candidates = new Set(candidatesOf(screened, candidatesPerBatch));
  const rows = new Set([...suspects.keys(), ...candidates, ...(strange ? [strange.row] : [])]);
  return [...rows]
    .sort((a, b) => a - b)
    .map((row) => ({
      row,
      suspect: suspects.get(row),
      strange: strange?.row === row ? strange : undefined,
      isCandidate: candidates.has(row),
    }));
}

async function judgeHits(
  { suspect, strange }: Pick,
  input: Float32Array,
  { ledger, events }: Judge,
): Promise<void> {
  // An earlier row of the round may have decided the instance, or the question.
  if (
    suspect !== undefined &&
    ledger.isOpen(suspect.instance) &&
    (await events.confirm(hitOf(suspect, input)))
  ) {
    ledger.close(suspect.instance);
  }
  const asked = strange !== undefined && !ledger.nonFiniteIsSettled();
  if (asked && (await events.nonFinite(hitOf(strange, input)))) ledger.settleNonFinite();
}

const hitOf = ({ row: _, ...suspect }: Suspect, input: Float32Array): Hit => ({ ...suspect, input });

function considerForCorpus(
  at: number,
  batch: Batch,
  { inputs, profiled }: Inspected,
  round: Round,
  judge: Judge,
): void {
  const { corpus, states } = judge;
  const rows = profiled.map(({ profiles }) => rowOf(profiles, at, batch.rows));
  const wanted = states.map((state, criterion) => {
    const [row, since] = [rows[criterion], round.snapshots[criterion]];
    const isNew = isPositive(profiled[criterion]?.novelty[at]);
    return isNew && row !== undefined && since !== undefined && state.isNew(row, since);
  });
  if (!wanted.includes(true)) return;
  // Every criterion learns what joins the corpus, so that their tables stay in step with it.
  states.forEach((state, criterion) => {
    state.add(rows[criterion] ?? new Float32Array(), wanted[criterion] ?? false);
  });
  corpus.add(rowOf(inputs.data, at, batch.rows), batch.seeds[at] ?? 0);
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array =>
  values.subarray((row * values.length) / rows, ((row + 1) * values.length) / rows);
