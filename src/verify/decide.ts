// Decides a property: attack, bounds of the whole boxes, branching, each only for what is still open. A counterexample counts once
// the original file gives it; nothing else ends in `violated`.
import { attack } from './decide/attacking.js';
import { boundAll, raiseOpen } from './decide/bounding.js';
import { branchOpen } from './decide/branching.js';
import { counted } from './decide/counted.js';
import type { DecideOptions, Outcome, Problem, Runtimes } from './decide/problem.js';
import { sharedMs } from './decide/shared-time.js';
import { concluded, createState, isDecided, isSmall } from './decide/state.js';
import type { Phase } from './decide/times.js';

export type {
  DecideOptions,
  DecideProgress,
  Outcome,
  Problem,
  Runtimes,
  UnknownReason,
} from './decide/problem.js';
export type { Witness } from './decide/replay.js';

/**
 * A first look, before anything is bounded, and one at what bounds leave open. Executions limit small networks, time large ones, of
 * which bounds take long. Where there is branching, less: it calls for more of the attack as it goes. Small networks of few inputs,
 * branched on at once, are only sampled: 24 of ACAS Xu's 25 counterexamples need no more, and most proofs are done before one would have
 * written a program of gradients.
 */
const efforts = {
  glance: { executions: 4096, milliseconds: 300 },
  first: { executions: 16_384, milliseconds: 150, large: { milliseconds: 3000, share: 0.03 } },
  beforeBranching: { executions: 49_152, share: 0.01 },
  alone: { executions: 400_000, share: 0.5 },
} as const;

/** Of the time, at most: choices of relaxations, for networks that do not consist of kinks. */
const raisingShare = 0.6;

export async function decide(problem: Problem, options: DecideOptions, runtimes: Runtimes): Promise<Outcome> {
  const state = createState(problem, counted(options), runtimes);
  const { timeoutMs } = options;
  const { glance, first } = efforts;
  const glances = options.branchesFromRoots && options.branch !== undefined && isSmall(problem);
  const shared = sharedMs(timeoutMs);
  const attackFor = ({ executions, share }: { readonly executions: number; readonly share: number }) =>
    attack(state, executions, share * shared);
  let isAlone = false;
  /** Where nothing else will decide it. */
  const attackAlone = async () => {
    if (isAlone || (options.branch !== undefined && state.reason !== 'unsupported')) return;
    isAlone = true;
    await attackFor(efforts.alone);
  };
  const second = async () => {
    await attackAlone();
    if (!isAlone && !glances) await attackFor(efforts.beforeBranching);
  };
  const { milliseconds, large } = glances ? { ...first, ...glance } : first;
  const firstMs = isSmall(problem) ? milliseconds : Math.max(large.milliseconds, large.share * shared);
  const rungs: readonly (readonly [Phase, () => Promise<unknown>])[] = [
    ['attack', () => attack(state, (glances ? glance : first).executions, firstMs, glances)],
    ['bounds', () => boundAll(state)],
    ['attack', second],
    ['bounds', () => raiseOpen(state, raisingShare * shared)],
    ['branching', () => branchOpen(state)],
    // Branching may be the first to find that there are no bounds.
    ['attack', attackAlone],
  ];
  const climb = async () => {
    for (const [phase, rung] of rungs) {
      if (isDecided(state) || state.options.deadline.expired()) break;
      await state.times.during(phase, rung);
    }
  };
  // What is under way when time is over for good, such as the opening of a large program, is left to itself.
  await (options.overdue === undefined ? climb() : Promise.race([climb(), options.overdue]));
  return concluded(state);
}
