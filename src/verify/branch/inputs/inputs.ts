// Branch and bound by splitting the input box: for networks of few inputs (Wang et al., ReluVal, arXiv 1804.10829; here with
// backward bounds, cuts chosen by bounds of all halves, and domain clipping, DESIGN section 4). All disjuncts share the batches.
import { createAttacks } from '../attacks.js';
import { newRecord, proofOf, type Record, recordsShare } from '../record.js';
import type { BranchReason, BranchRequest, BranchResult } from '../types.js';
import { clip } from './clip.js';
import { createFrontier, type Frontier } from './frontier.js';
import { limitsOf } from './limits.js';
import type { Prepared } from './prepare.js';
import { probe } from './probe.js';
import { createRefining, type Refining } from './refining.js';
import { rootsOf } from './roots.js';
import { inCalls, type Round, settle, splitAll } from './rounds.js';
import { createRunners, type Runner } from './runners.js';
import { lowerOf, type Subproblem, upperOf } from './subproblem.js';

/** Boxes that are cut in one call: each call costs some milliseconds whatever is in it. */
const parentsPerCall = { least: 16, most: 32 } as const;
/** Whole boxes that are bounded in one call, at least: those of one property are often equal, and share most of the work. */
const rootsPerCall = 16;
/** Calls of one round, whatever the number of threads: so that all of them cut the same boxes. */
const callsPerRound = 8;
/**
 * Beyond so many sub-problems threads split boxes by themselves, which leaves nothing for one thread to do for all but takes each a while to
 * get fast at; and while one round is split the next is begun.
 */
const longSearch = { from: 8192, rounds: 2 } as const;
/** Milliseconds of branching before the attack goes on: longer than most proofs take. */
const firstAttack = 1000;

/**
 * @param explain told what was measured and chosen
 * @param long sub-problems from which a search is long
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function branchOnInputs(
  request: BranchRequest,
  explain: (line: string) => void = () => {},
  long: number = longSearch.from,
): Promise<BranchResult[]> {
  const runners = await createRunners(request, parentsPerCall.least);
  const { space } = runners.current().prepared;
  const allowance = { bytes: request.records ? recordsShare * request.memoryBytes : 0 };
  const frontier = createFrontier(space, request.memoryBytes - allowance.bytes);
  const records = request.records ? space.disjuncts.map(() => newRecord(allowance)) : [];
  const refining = createRefining(request, explain);
  await addRoots(runners.current(), refining, frontier, records);
  const attacks = createAttacks(request, firstAttack);
  const rounds: Round[] = [];
  let stopped: BranchReason | undefined;
  while (frontier.size > 0 || rounds.length > 0) {
    const { subproblems } = frontier.progress();
    const isLong = refining.plain() && subproblems >= long;
    const underWay = isLong ? longSearch.rounds : 1;
    if (frontier.size === 0 || rounds.length >= underWay) {
      await settle(rounds, frontier);
      request.onProgress?.(frontier.progress());
      continue;
    }
    stopped = stopReason(request, frontier);
    if (stopped !== undefined) break;
    if (await attacks()) break;
    await runners.spread({ subproblems, waiting: frontier.size });
    const runner = runners.current();
    const { prepared } = runner;
    const most = Math.max(1, Math.min(parentsPerCall.most, Math.floor(space.boxesPerCall / 2)));
    const calls = callsPerRound / underWay;
    const taken = frontier.take(refining.most() ?? most * calls);
    const limited = request.records !== true && space.packing.forms > 0 && refining.most() === undefined;
    const parents = clipped(prepared, frontier, taken, limited);
    if (await probe(prepared, parents, request.tryPoints)) break;
    const perCall =
      refining.most() ?? Math.min(most, Math.max(parentsPerCall.least, Math.ceil(parents.length / calls)));
    rounds.push({ parents, splits: splitAll(parents, perCall, runner, refining, isLong) });
  }
  while (rounds.length > 0) await settle(rounds, frontier);
  return frontier.results(stopped).map((result, at) => withProof(result, records[at]));
}

const withProof = (result: BranchResult, record: Record | undefined): BranchResult =>
  result.state === 'empty' && record !== undefined ? { ...result, proof: { root: proofOf(record) } } : result;

function stopReason({ deadline }: BranchRequest, frontier: Frontier): BranchReason | undefined {
  if (deadline.interrupted()) return 'interrupted';
  if (deadline.expired()) return 'timeout';
  return frontier.full() ? 'memory' : undefined;
}

async function addRoots(
  runner: Runner,
  refining: Refining,
  frontier: Frontier,
  records: readonly Record[],
): Promise<void> {
  const { prepared } = runner;
  const places = Array.from(prepared.space.disjuncts.keys());
  const perCall = Math.max(rootsPerCall, prepared.space.boxesPerCall);
  const bounded = await inCalls(places, perCall, runner.lanes, async (some) =>
    refining.roots(prepared, await rootsOf(prepared, some)),
  );
  for (const root of bounded) {
    frontier.count(root.disjunct, root.bound);
    const record = records[root.disjunct];
    if (!(root.bound > 0)) frontier.add(record === undefined ? root : { ...root, record });
  }
}

/**
 * Boxes cut to what may hold a counterexample; those of which nothing is left are done. Bounds of a disjunct of which something was cut off
 * need to hold for counterexamples only: its margin is no longer known anyway.
 * @param limited whether bounds make use of that: certificates are checked by bounds that do not, and take longer for what that saves
 */
function clipped(
  { space }: Prepared,
  frontier: Frontier,
  parents: readonly Subproblem[],
  limited: boolean,
): Subproblem[] {
  const { packing } = space;
  return parents.flatMap((parent) => {
    const { data, disjunct } = parent;
    const limits = limitsOf(space, parent);
    const left = clip(lowerOf(packing, data), upperOf(packing, data), limits);
    if (left !== 'whole') frontier.clipped(disjunct);
    if (left !== 'nothing' && !(limited && frontier.isClipped(disjunct))) return [parent];
    if (left !== 'nothing') return [{ ...parent, limits }];
    frontier.done(disjunct);
    return [];
  });
}
