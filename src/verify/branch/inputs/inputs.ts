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
import type { Space } from './space.js';
import { lowerOf, type Subproblem, upperOf } from './subproblem.js';

/** Boxes that are cut in one call: each call costs some milliseconds whatever is in it. */
const parentsPerCall = { least: 16, most: 32 } as const;
/** Whole boxes that are bounded in one call, at least: those of one property are often equal, and share most of the work. */
const rootsPerCall = 16;
/**
 * Rounds under way and the calls of each, whatever the number of threads: so that all of them cut the same boxes. One round of 8 calls
 * leaves threads idle until its last is done: ACAS Xu 3_3, property 9, takes a seventh longer.
 */
const spread = { rounds: 4, calls: 2 } as const;
/** In this thread nothing is under way beside it, nor beside parts of wide networks. */
const alone = { rounds: 1, calls: 8 } as const;
/**
 * Beyond so many sub-problems threads split boxes by themselves, which leaves nothing for one thread to do for all but takes each a while to
 * get fast at.
 */
const longSearch = 8192;
/** Most proofs are done before either. */
const attackPlan = { scan: 250, climb: 1500 } as const;

/**
 * @param explain told what was measured and chosen
 * @param long sub-problems from which a search is long
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function branchOnInputs(
  request: BranchRequest,
  explain: (line: string) => void = () => {},
  long: number = longSearch,
): Promise<BranchResult[]> {
  const runners = await createRunners(request, parentsPerCall.least);
  const { space } = runners.current().prepared;
  const allowance = { bytes: request.records ? recordsShare * request.memoryBytes : 0 };
  const frontier = createFrontier(space, request.memoryBytes - allowance.bytes);
  const records = request.records ? space.disjuncts.map(() => newRecord(allowance)) : [];
  const refining = createRefining(request, explain);
  await addRoots(runners.current(), refining, frontier, records);
  const attacks = createAttacks(request, attackPlan);
  const rounds: Round[] = [];
  let stopped: BranchReason | undefined;
  while (frontier.size > 0 || rounds.length > 0) {
    const { subproblems } = frontier.progress();
    const isLong = refining.plain() && subproblems >= long;
    const few = refining.most();
    const underWay = underWayOf(runners.current(), few);
    if (frontier.size === 0 || rounds.length >= underWay.rounds) {
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
    const perCall = few ?? boxesOfCall(space, frontier.size);
    const taken = frontier.take(few ?? perCall * underWay.calls);
    const limited = request.records !== true && space.packing.forms > 0 && few === undefined;
    const parents = clipped(prepared, frontier, taken, limited);
    if (await probe(prepared, parents, request)) break;
    rounds.push({ parents, splits: splitAll(parents, perCall, runner, refining, isLong) });
  }
  while (rounds.length > 0) await settle(rounds, frontier);
  return frontier.results(stopped).map((result, at) => withProof(result, records[at]));
}

const underWayOf = ({ isSpread }: Runner, few: number | undefined) =>
  isSpread && few === undefined ? spread : alone;

/** As many calls as can be under way, of boxes that are enough for one to be worth it. */
function boxesOfCall({ boxesPerCall }: Space, waiting: number): number {
  const { least, most } = parentsPerCall;
  const share = Math.ceil(waiting / (spread.rounds * spread.calls));
  return Math.max(1, Math.min(Math.max(least, share), most, Math.floor(boxesPerCall / 2)));
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
