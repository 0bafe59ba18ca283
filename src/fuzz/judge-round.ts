// What becomes of a round of jobs: findings first, then whatever is new to some criterion, or nearer to a violation, joins
// the corpus. Jobs are judged in the order in which they were planned, whichever worker was first.
import { joined } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import type { Shared } from '../program/session.js';
import { allDone } from './all-done.js';
import { candidatesOf, isPositive } from './candidates.js';
import type { Corpus, Lineage } from './corpus.js';
import { rowsIn } from './coverage/calibrated.js';
import type { CoverageState, Snapshot } from './coverage/criterion.js';
import type { Hit } from './events.js';
import type { Ledger, Suspect } from './ledger.js';
import type { IsKnown, Profiled, ProfileProgram } from './programs/profile.js';
import type { Bandit } from './schedule/bandit.js';
import type { Favoured } from './schedule/favour.js';
import type { Scheduler } from './schedule/scheduler.js';
import type { Streaks } from './schedule/streaks.js';
import type { Job, Visit } from './stages/stage.js';

/** Jobs that are under way together, and the coverage that they are screened by. */
export type Round = {
  readonly jobs: readonly RunningJob[];
  readonly snapshots: readonly Snapshot[];
  /** What programs read of the snapshots: small, and the tables. */
  readonly shared: Shared;
  readonly tables: Shared;
};

export type RunningJob = {
  readonly arm: number;
  /** Of the stage, per execution. */
  readonly cost: number;
  readonly job: Job;
  readonly visits: Promise<readonly Visit[]>;
};

export type Judge = {
  readonly ledger: Ledger;
  readonly corpus: Corpus;
  readonly states: readonly CoverageState[];
  readonly profiles: ProfileProgram;
  readonly scheduler: Scheduler & Favoured;
  readonly set: InputSet;
  readonly bandit: Bandit;
  readonly streaks: Streaks;
  /** Whether anything joins the corpus. */
  readonly feedback: boolean;
  confirm(hit: Hit): Promise<boolean>;
  /** Tells that an input joined the corpus that is nearer to a violation than any before. */
  cameNearer(): void;
};

/** A criterion may suspect one row of so many, at least one of a batch; more than these wait until they are found again. */
const rowsPerCandidate = 128;

/** What an input that is nearer to a violation, and a finding, are worth to their stage, in inputs that are only new. */
const nearerWorth = 2;
const findingWorth = 64;

/** A row that is to be looked at, and why. */
type Pick = {
  readonly job: number;
  readonly visit: Visit;
  readonly row: number;
  readonly suspects: readonly Suspect[];
  readonly isCandidate: boolean;
  readonly isNearer: boolean;
  readonly executions: number;
};

export async function judgeRound(round: Round, judge: Judge): Promise<void> {
  const done = await allDone(round.jobs.map(({ visits }) => visits));
  const picks = done.map((visits, job) => visits.map((visit) => choose(visit, job, judge)));
  settlePlans(round, done, judge.ledger);
  const inputs = await allDone(picks.flat().map(inputsOf));
  const flat = picks.flat(2);
  const rows = inputs.flatMap((data) => rowsIn(data, judge.corpus.width));
  const outcomes = round.jobs.map(() => ({ kept: 0, findings: 0 }));
  // Inspected while replay is busy with the hits.
  const asked = flat.flatMap((pick, at) => (pick.isCandidate || pick.isNearer ? [at] : []));
  const inspected = judge.feedback ? inspect(asked, flat, rows, round, judge) : undefined;
  const [, profiled] = await allDone([judgeHits(flat, rows, outcomes, judge), inspected]);
  if (profiled !== undefined) extend(flat, rows, asked, profiled, { round, judge, outcomes });
  learn(round, done, outcomes, judge);
}

function choose(visit: Visit, job: number, { ledger, feedback }: Judge): Pick[] {
  const executions = ledger.executed;
  const { suspects, nearer } = ledger.record(visit);
  // Without feedback nothing but suspects is ever looked at.
  const candidates = new Set(
    feedback
      ? [
          ...candidatesOf(visit.screened, Math.max(1, Math.floor(visit.seeds.length / rowsPerCandidate))),
          ...visit.proposed,
        ]
      : [],
  );
  const nearerRows = new Set(feedback ? nearer : []);
  const byRow = new Map<number, Suspect[]>();
  for (const suspect of suspects) byRow.set(suspect.row, [...(byRow.get(suspect.row) ?? []), suspect]);
  return [...new Set([...byRow.keys(), ...candidates, ...nearerRows])]
    .sort((a, b) => a - b)
    .map((row) => ({
      job,
      visit,
      row,
      suspects: byRow.get(row) ?? [],
      isCandidate: candidates.has(row),
      isNearer: nearerRows.has(row),
      executions: executions + row + 1,
    }));
}

/** Jobs that took less than planned give back what is left. */
function settlePlans({ jobs }: Round, done: readonly (readonly Visit[])[], ledger: Ledger): void {
  jobs.forEach(({ job }, at) => {
    ledger.planned -= job.executions - executionsOf(done[at] ?? []);
  });
}

const executionsOf = (visits: readonly Visit[]): number =>
  visits.reduce((sum, { seeds }) => sum + seeds.length, 0);

const inputsOf = async (picks: readonly Pick[]): Promise<Float32Array> =>
  picks.length === 0
    ? new Float32Array()
    : ((await picks[0]?.visit.inputs(picks.map(({ row }) => row))) ?? new Float32Array());

type Outcomes = { kept: number; findings: number }[];

async function judgeHits(
  picks: readonly Pick[],
  inputs: readonly Float32Array[],
  outcomes: Outcomes,
  { ledger, confirm, scheduler }: Judge,
): Promise<void> {
  for (const [at, pick] of picks.entries()) {
    for (const suspect of pick.suspects) {
      if (!ledger.isWanted(suspect)) continue;
      const input = (inputs[at] ?? new Float32Array()).slice();
      const isFirst = suspect.kind.confirmed === 0;
      const confirmed = await confirm(hitOf(suspect, input, lineageOf(pick)));
      ledger.answered(suspect, confirmed);
      const outcome = outcomes[pick.job];
      if (!confirmed || !isFirst || outcome === undefined) continue;
      outcome.findings++;
      scheduler.learn({ entry: pick.visit.parents[pick.row] ?? 0, executions: 0, kept: 0, findings: 1 });
    }
  }
}

export const hitOf = (suspect: Suspect, input: Float32Array, lineage: Lineage): Hit => {
  const { objective, instance, seed, executions, instanceExecutions, cluster } = suspect;
  return { objective, instance, seed, input, executions, instanceExecutions, cluster, lineage };
};

const lineageOf = ({ visit, row, executions }: Pick): Lineage => ({
  parent: visit.parents[row] ?? -1,
  ...(visit.partners && { partner: visit.partners[row] ?? -1 }),
  by: visit.by,
  parameters: visit.parameters(row),
  executions,
});

async function inspect(
  asked: readonly number[],
  picks: readonly Pick[],
  inputs: readonly Float32Array[],
  { shared, tables, snapshots }: Round,
  { profiles, corpus, states }: Judge,
): Promise<readonly Profiled[]> {
  const rows = joined(asked.map((pick) => inputs[pick] ?? new Float32Array()));
  const isKnown: IsKnown = (criterion, profile, row) => {
    const [pick, state, since] = [picks[asked[row] ?? -1], states[criterion], snapshots[criterion]];
    if (pick === undefined || since === undefined) return false;
    const { seeds, parents } = pick.visit;
    const siblings = corpus.entriesOf(seeds[pick.row] ?? -1);
    return state?.isKnown?.(profile, { parent: parents[pick.row] ?? 0, siblings }, since) ?? false;
  };
  return profiles.inspect(rows, isKnown, shared, tables);
}

function extend(
  picks: readonly Pick[],
  inputs: readonly Float32Array[],
  asked: readonly number[],
  profiled: readonly Profiled[],
  { round, judge, outcomes }: { round: Round; judge: Judge; outcomes: Outcomes },
): void {
  const { corpus, states } = judge;
  asked.forEach((pickAt, at) => {
    const [pick, input] = [picks[pickAt], inputs[pickAt]];
    if (pick === undefined || input === undefined) return;
    const rows = profiled.map(({ profiles }) => rowOf(profiles, at, asked.length));
    const wanted = states.map((state, criterion) => {
      const [row, since] = [rows[criterion], round.snapshots[criterion]];
      const isNew = isPositive(profiled[criterion]?.novelty[at]);
      return isNew && row !== undefined && since !== undefined && state.isNew(row, since);
    });
    const isWanted =
      wanted.includes(true) || (pick.isNearer && rows.every((row) => row.every(Number.isFinite)));
    if (!isWanted) return;
    // Every criterion learns what joins the corpus, so that their tables stay in step with it.
    states.forEach((state, criterion) => {
      state.add(rows[criterion] ?? new Float32Array(), wanted[criterion] ?? false);
    });
    corpus.add(input, pick.visit.seeds[pick.row] ?? 0, lineageOf(pick));
    if (pick.isNearer) {
      judge.scheduler.set(instanceOf(pick, judge), corpus.size - 1);
      judge.cameNearer();
    }
    const outcome = outcomes[pick.job];
    if (outcome !== undefined) outcome.kept += pick.isNearer ? nearerWorth : 1;
    judge.scheduler.learn({ entry: pick.visit.parents[pick.row] ?? 0, executions: 0, kept: 1, findings: 0 });
  });
}

const instanceOf = ({ visit, row }: Pick, { set }: Judge): number =>
  set.instanceOf[visit.seeds[row] ?? 0] ?? 0;

/** The bandit learns what a stage yields, the scheduler what each of its parents does. */
function learn(
  { jobs }: Round,
  done: readonly (readonly Visit[])[],
  outcomes: Outcomes,
  { bandit, scheduler, streaks }: Judge,
): void {
  jobs.forEach(({ arm, cost, job }, at) => {
    const executions = executionsOf(done[at] ?? []);
    const { kept, findings } = outcomes[at] ?? { kept: 0, findings: 0 };
    streaks.learn(arm, { executions, findings });
    bandit.learn(arm, { executions: executions * cost, reward: kept + findingWorth * findings });
    const share = executions / Math.max(job.entries.length, 1);
    for (const entry of job.entries) scheduler.learn({ entry, executions: share, kept: 0, findings: 0 });
  });
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array =>
  values.subarray((row * values.length) / rows, ((row + 1) * values.length) / rows);
