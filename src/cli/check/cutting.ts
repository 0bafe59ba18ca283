// Instances that bounds leave open, by cutting their boxes into cells. What they may take is counted, so that equal runs end alike.
import { createDeadline, type Deadline } from '../../base/deadline.js';
import { messageOf } from '../../base/user-error.js';
import { Unbounded } from '../../ops/operator.js';
import { ProgramError } from '../../program/program-error.js';
import { count as inWords } from '../../report/words.js';
import { type LadderContext, openInstances, type State } from './state.js';
import type { Subject } from './subject.js';

/** Of the budget, at most: the rest is left for what follows. */
const greatestShare = 0.5;

export async function cutOpen(
  subject: Subject,
  state: State,
  context: LadderContext,
  deadline: Deadline,
): Promise<void> {
  if (subject.cut === undefined || state.unbounded !== undefined) return;
  const { executions, seconds } = subject.property.budget;
  const open = openInstances(subject, state);
  const subproblems = Math.max(1, Math.floor((greatestShare * executions) / open.length));
  const own = createDeadline(greatestShare * seconds * 1000, context.clock, context.signal);
  const limits = {
    subproblems,
    deadline: { interrupted: own.interrupted, expired: () => own.expired() || deadline.expired() },
  };
  let isCut = false;
  try {
    for (const [done, instance] of open.entries()) {
      if (limits.deadline.expired()) isCut = true;
      else {
        context.progress(`cutting into cells: ${inWords(open.length - done)} undecided`);
        const result = await subject.cut(instance, limits);
        isCut ||= result.cut;
        take(state, instance, result);
      }
    }
  } catch (error) {
    const isKnown = [Unbounded, ProgramError].some((kind) => error instanceof kind);
    if (!isKnown) throw error;
    state.notes.push(`cannot be proved by slopes: ${messageOf(error)}`);
  }
  if (isCut)
    state.notes.push('time ended the proof by slopes before its budget: another run may end elsewhere');
}

function take(
  state: State,
  instance: number,
  { bound, subproblems }: { bound: number; subproblems: number },
): void {
  state.cells.set(instance, subproblems);
  if (!(bound > (state.bounds[instance] ?? -Infinity))) return;
  state.bounds[instance] = bound;
  state.methods.set(instance, subproblems > 1 ? 'branch-and-bound' : 'crown');
}
