// Instances that bounds leave open, by the engine of `marauder prove`: attack, raised bounds, branch and bound. What they may take is
// counted, so that equal runs end alike; time only ends it.
import { createDeadline, type Deadline } from '../../base/deadline.js';
import { messageOf, UserError } from '../../base/user-error.js';
import { Unbounded } from '../../ops/operator.js';
import { ProgramError } from '../../program/program-error.js';
import { count as inWords, plural } from '../../report/words.js';
import { branch, isSmallBox } from '../../verify/branch/choose.js';
import { decide, type Outcome } from '../../verify/decide.js';
import { searchOpen } from './searching.js';
import { seedOf } from './seeds.js';
import { confirm, type LadderContext, openInstances, type State } from './state.js';
import type { Decides, Subject } from './subject.js';

/** Of one decision, whatever the number of threads: what waits and how rows are batched must not depend on that. */
const memoryBytes = 2 ** 28;
/** A further turn starts from the beginning: it has to be worth that. */
const leastGrowth = 2;

type Run = {
  readonly subject: Subject;
  readonly decides: Decides;
  readonly state: State;
  readonly context: LadderContext;
  readonly deadline: Deadline;
  /** On the context's clock. */
  readonly end: number;
};

/** @param started when the property's time began */
export async function decideOpen(
  subject: Subject,
  state: State,
  context: LadderContext,
  deadline: Deadline,
  started: number,
): Promise<void> {
  if (subject.decides === undefined || state.unbounded !== undefined) return;
  const end = started + subject.property.budget.seconds * 1000;
  try {
    const decides = subject.decides();
    const run = { subject, decides, state, context, deadline, end };
    await searchOpen(subject, decides, state, context, deadline);
    await branchInTurns(run);
  } catch (error) {
    const isKnown = [Unbounded, ProgramError, UserError].some((kind) => error instanceof kind);
    if (!isKnown) throw error;
    state.notes.push(`cannot be decided by branch and bound: ${messageOf(error)}`);
  }
}

/** As many sub-problems as the budget has executions, in equal shares; what the first ones leave goes to those that are still open. */
async function branchInTurns(run: Run): Promise<void> {
  const { subject, state, context, deadline } = run;
  // Cells and splitting have had their share.
  const parts = [...state.cells.values(), ...state.splits.values()].reduce((sum, spent) => sum + spent, 0);
  let left = Math.floor(subject.property.budget.executions * state.share) - parts;
  let earlier = 0;
  for (;;) {
    const open = easiestFirst(subject, state);
    const ration = Math.floor(left / open.length);
    if (open.length === 0 || ration < Math.max(1, leastGrowth * earlier)) return;
    const cut = await turn(run, open, ration);
    if (deadline.interrupted()) return;
    if (cut > 0) {
      state.isCut = true;
      const words = `the time budget of ${subject.property.budget.seconds} s ended with ${inWords(cut)} not branched on to the end`;
      state.notes.push(`${words}: another run may end elsewhere`);
      return;
    }
    left -= open.reduce((sum, instance) => sum + (state.subproblems.get(instance) ?? 0), 0);
    earlier = ration;
    context.progress('branching');
  }
}

const easiestFirst = (subject: Subject, state: State): number[] =>
  openInstances(subject, state).sort((a, b) => (state.bounds[b] ?? 0) - (state.bounds[a] ?? 0));

/**
 * Each instance once, or again with more time where its share of it was over first.
 * @returns how many the end of time has cut off
 */
async function turn(run: Run, open: readonly number[], ration: number): Promise<number> {
  const { context, deadline, end } = run;
  let pending = open;
  let earlier = 0;
  while (pending.length > 0 && !deadline.expired()) {
    const lanes = Math.min(context.runtime.workers, pending.length);
    const share = ((end - context.clock()) * lanes) / pending.length;
    if (share < leastGrowth * earlier) break;
    earlier = share;
    const cut = new Set<number>();
    const queue = pending.values();
    const lane = async () => {
      for (const instance of queue)
        if (deadline.expired() || !(await decided(run, instance, ration, share))) cut.add(instance);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    pending = pending.filter((instance) => cut.has(instance));
  }
  return pending.length;
}

/** False where time ended it. */
async function decided(run: Run, instance: number, ration: number, milliseconds: number): Promise<boolean> {
  const { subject, decides, context, state, deadline } = run;
  const { clock, seed, signal } = context;
  const own = createDeadline(milliseconds, clock, signal);
  const expired = () => own.expired() || deadline.expired();
  // One thread for each, and instances beside each other: what one of them does must not depend on the number of threads.
  const runtime = { ...context.runtime, workers: 1 };
  const disjuncts = decides.disjuncts(instance);
  const outcome = await decide(
    {
      model: decides.model,
      disjuncts,
      run: decides.run,
      ...(decides.original && { original: decides.original(instance) }),
    },
    {
      arithmetic: 'deployed',
      memoryBytes,
      deadline: { interrupted: own.interrupted, expired },
      timeoutMs: Infinity,
      seed,
      clock,
      branch,
      branchesFromRoots: isSmallBox(disjuncts),
      ration,
      records: context.proofs !== undefined && subject.claims?.length === 1,
      onProgress: ({ subproblems }) => context.progress(progressWords(run, subproblems)),
    },
    { pool: runtime, inline: runtime },
  );
  const isCut = outcome.verdict === 'unknown' && expired();
  if (!isCut) state.subproblems.set(instance, outcome.statistics.subproblems);
  await take(run, instance, outcome);
  return !isCut;
}

function progressWords({ subject, state }: Run, subproblems: number): string {
  const open = openInstances(subject, state).length;
  return `branching: ${inWords(open)} undecided, ${plural(subproblems, 'sub-problem')} of one`;
}

async function take(
  { subject, decides, state, context }: Run,
  instance: number,
  outcome: Outcome,
): Promise<void> {
  switch (outcome.verdict) {
    case 'proved':
      state.bounds[instance] = outcome.bound;
      state.methods.set(instance, outcome.method);
      state.branchProofs.set(instance, outcome.disjuncts);
      return;
    case 'violated': {
      const executions = state.executions[instance] ?? 0;
      const seed = seedOf(subject, instance);
      const input = decides.inputOf?.(outcome.input) ?? outcome.input;
      await confirm(subject, state, context, { instance, seed, input, foundBy: 'branching', executions });
      return;
    }
    case 'unknown':
      // What is not proved is no proof, whatever it rounds to.
      state.bounds[instance] = Math.min(0, Math.max(state.bounds[instance] ?? -Infinity, outcome.bound));
  }
}
