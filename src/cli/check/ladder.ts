// One property, from the cheapest evidence to the dearest, each rung only for what is still open: proof by interval
// bounds, attack, proof by backward linear bounds, branch and bound or fuzzing. Every hit is replayed on the original model before
// it counts.
import { createDeadline, type Deadline } from '../../base/deadline.js';
import type { PropertyReport } from '../../findings/report.js';
import { type FuzzResult, fuzz, type Hit } from '../../fuzz/fuzz.js';
import { nonFinite } from '../../fuzz/target.js';
import { Unbounded } from '../../ops/operator.js';
import { count as inWords } from '../../report/words.js';
import { attack } from '../../verify/attack.js';
import { certifyAll } from './certifying.js';
import { cutOpen } from './cutting.js';
import { decideOpen } from './deciding.js';
import type { Found } from './evidence.js';
import { defaultFuzzing, fuzzTarget, isBatched } from './fuzzing.js';
import { boundShown } from './output-bounds.js';
import { recallProofs } from './recalled-proofs.js';
import { recallResult } from './recalled-result.js';
import { keyOf } from './result-store.js';
import {
  addUp,
  confirm,
  emptyState,
  executionsLeft,
  type LadderContext,
  openAnywhere,
  openInstances,
  type State,
  takeShare,
} from './state.js';
import type { Subject } from './subject.js';
import { concluded } from './verdicts.js';

/** Executions per instance that the attack may take besides its seeds, of a budget that allows as many. */
const first: Attack = { executions: 64, seed: 0, where: openAnywhere };
/** Where a proof is asked for, and nothing else searches what bounds leave open: at other points. */
const last: Attack = { executions: 1024, seed: 1, where: openInstances };
type Attack = {
  readonly executions: number;
  readonly seed: number;
  /** Which instances are attacked. */
  readonly where: (subject: Subject, state: State) => number[];
};

/** @param others instances that other parts of the run decide: attacked here as well, so that every part knows what is left open */
export async function climb(
  subject: Subject,
  context: LadderContext,
  others: ReadonlySet<number> = new Set(),
): Promise<PropertyReport> {
  const { clock, signal } = context;
  const started = clock();
  const deadline = createDeadline(subject.property.budget.seconds * 1000, clock, signal);
  const state = emptyState(subject, others);
  state.notes.push(...(subject.notes ?? []));
  const timed = async (rung: () => Promise<void>): Promise<number> => {
    const from = clock();
    if (!deadline.interrupted() && openInstances(subject, state).length > 0) await rung();
    return clock() - from;
  };
  const proveMs = await timed(() => prove(subject, state, context));
  const earlier = await recallResult(subject, state, context, deadline);
  if (earlier !== undefined) return { ...earlier, timing: recallTiming(proveMs, clock() - started) };
  const recallMs = await timed(() => recallProofs(subject, state, context, deadline));
  const attackMs = await timed(() => attackOpen(subject, state, context, deadline, first));
  takeShare(subject, state);
  // Dear, box by box: only where a proof is asked for.
  const isProof = subject.property.expect === 'proved';
  const splitMs = isProof ? await timed(() => split(subject, state, context, deadline)) : 0;
  const tightenMs = isProof ? await timed(() => tighten(subject, state, context, deadline)) : 0;
  const cutMs = isProof ? await timed(() => cutOpen(subject, state, context, deadline)) : 0;
  const decideMs =
    subject.property.expect === 'proved'
      ? await timed(() => decideOpen(subject, state, context, deadline, started))
      : 0;
  // Nothing else searches balls that bounds leave open.
  const isOnly = isProof && subject.set.ball !== undefined;
  const lastMs = isOnly ? await timed(() => attackOpen(subject, state, context, deadline, last)) : 0;
  // Where only a proof will do, fuzzing cannot help the gate: its violations are left to those who ask for tests.
  const fuzzMs =
    subject.property.expect === 'tested' ? await timed(() => fuzzOpen(subject, state, context, deadline)) : 0;
  const boundFrom = clock();
  await boundShown(subject, state, context, deadline);
  const boundMs = clock() - boundFrom;
  const isCut = deadline.expired();
  const checkMs = recallMs + (await certifyAll(subject, state, context));
  const timing = {
    proveMs: proveMs + splitMs + tightenMs + cutMs + decideMs + boundMs,
    attackMs: attackMs + lastMs,
    fuzzMs,
    checkMs,
    totalMs: clock() - started,
  };
  const report = { ...concluded(subject, state, deadline), timing };
  keep(subject, context, report, isCut || state.isCut);
  return report;
}

const recallTiming = (proveMs: number, totalMs: number) => ({
  proveMs,
  attackMs: 0,
  fuzzMs: 0,
  checkMs: totalMs - proveMs,
  totalMs,
});

/** What equal runs end in; what time has ended may end elsewhere. */
function keep(
  subject: Subject,
  { results, proofs, seed }: LadderContext,
  report: PropertyReport,
  isCut: boolean,
): void {
  const key = keyOf(subject, seed, proofs !== undefined);
  if (!isCut && key !== undefined && report.cached === undefined) results?.write(report.name, key, report);
}

async function prove(subject: Subject, state: State, { progress }: LadderContext): Promise<void> {
  progress('bounding');
  try {
    state.bounds.set(await subject.prove(subject.set, subject.targets, 'deployed'));
  } catch (error) {
    if (!(error instanceof Unbounded)) throw error;
    state.unbounded = error.message;
    state.notes.push(`cannot be proved yet, only tested: ${error.message}`);
  }
}

/** Of the sub-problems that the budget allows: the others are for branch and bound. */
const splitShare = 0.5;

async function split(
  subject: Subject,
  state: State,
  { progress }: LadderContext,
  deadline: Deadline,
): Promise<void> {
  if (subject.split === undefined || state.unbounded !== undefined) return;
  progress('splitting parameters');
  const open = openInstances(subject, state);
  const ration = Math.floor((splitShare * state.share * subject.property.budget.executions) / open.length);
  if (ration === 0) return;
  const results = await subject.split(open, ration, deadline);
  open.forEach((instance, at) => {
    const { bound, parts } = results[at] ?? { bound: -Infinity, parts: 0 };
    state.splits.set(instance, parts);
    if (!(bound > 0)) return;
    state.bounds[instance] = bound;
    state.methods.set(instance, 'branch-and-bound');
  });
}

async function tighten(
  subject: Subject,
  state: State,
  { progress }: LadderContext,
  deadline: Deadline,
): Promise<void> {
  if (subject.tighten === undefined || state.unbounded !== undefined) return;
  progress('bounding backwards');
  const open = openInstances(subject, state);
  const bounds = await subject.tighten(open, deadline);
  open.forEach((instance, at) => {
    const bound = bounds[at] ?? -Infinity;
    if (!(bound > (state.bounds[instance] ?? -Infinity))) return;
    state.bounds[instance] = bound;
    state.methods.set(instance, 'crown');
  });
}

async function attackOpen(
  subject: Subject,
  state: State,
  context: LadderContext,
  deadline: Deadline,
  { executions, seed, where }: Attack,
): Promise<void> {
  const left = executionsLeft(state);
  if (left <= 0) return;
  context.progress('attacking');
  const open = where(subject, state);
  const share = Math.max(1, Math.floor(left / open.length));
  const wanted = new Set(open);
  const seeds = subject.set.instanceOf.filter((instance) => wanted.has(instance)).length / open.length;
  const budget = { executionsPerInstance: Math.min(Math.ceil(seeds) + executions, share), deadline };
  const target = {
    encode: subject.encode,
    set: subject.set,
    targets: subject.targets,
    batched: isBatched(subject),
  };
  const result = await attack(target, open, budget, context.seed + seed, context.runtime);
  if (!result.usedGradients) state.notes.push('attacked without gradients: some operator has no derivative');
  addUp(state, result.executions, result.smallestMargin);
  for (const hit of result.hits) {
    if (!state.others.has(hit.instance)) await confirm(subject, state, context, hit);
    else if ((await subject.replay(hit.input, hit.instance)).violated)
      state.decidedElsewhere.add(hit.instance);
  }
}

async function fuzzOpen(
  subject: Subject,
  state: State,
  context: LadderContext,
  deadline: Deadline,
): Promise<void> {
  const { property } = subject;
  const executions = executionsLeft(state);
  if (executions <= 0) return;
  const open = openInstances(subject, state);
  const before = state.executions.slice();
  const target = { ...fuzzTarget(subject), open };
  const options = { ...defaultFuzzing(subject), decides: true, seed: context.seed, executions, deadline };
  const found = ({ instanceExecutions, ...hit }: Hit): Found => ({
    ...hit,
    foundBy: 'fuzz',
    executions: instanceExecutions + (before[hit.instance] ?? 0),
  });
  const result = await fuzz(
    target,
    options,
    {
      confirm: async (hit) => {
        if (property.kind === 'finite' || hit.objective !== nonFinite)
          return confirm(subject, state, context, found(hit));
        const { violated, summary } = await subject.strange(hit.input);
        if (violated)
          state.notes.push(`some values are not finite, although this property does not ask: ${summary}`);
        return violated;
      },
      progress: (now) =>
        context.progress(
          `fuzzing: ${inWords(now.executions)} of ${inWords(executions)} executions, corpus of ${inWords(now.corpusSize)}, ${inWords(now.open)} undecided`,
        ),
    },
    context.runtime,
  );
  addUp(state, result.executionsOf, result.smallestMargin);
  const cut = result.executions < executions && openInstances(subject, state).length > 0;
  if (cut && !deadline.interrupted()) {
    const spent = `${inWords(result.executions)} of ${inWords(executions)} executions`;
    state.notes.push(
      `the time budget of ${property.budget.seconds} s ended after ${spent}: another run may end elsewhere`,
    );
  }
  record(subject, state, context, result);
}

function record(
  subject: Subject,
  state: State,
  { evidence }: LadderContext,
  { corpus, ...rest }: FuzzResult,
): void {
  const { executions, corpusSize, coverage, series } = rest;
  state.fuzzing = { executions, corpusSize, coverage, series };
  evidence.saveCorpus(subject, corpus);
}
