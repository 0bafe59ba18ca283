// Branch and bound by splitting the input box: for networks of few inputs (Wang et al., ReluVal, arXiv 1804.10829; here with
// backward bounds, cuts chosen by bounds of all halves, and domain clipping, DESIGN section 4). All disjuncts share the batches.
import { inLanes, ranges } from '../../../base/lanes.js';
import { createAttacks } from '../attacks.js';
import { cutRecord, newRecord, proofOf, type Record, recordsShare } from '../record.js';
import type { BranchReason, BranchRequest, BranchResult } from '../types.js';
import { clip } from './clip.js';
import { tighten } from './forms.js';
import { createFrontier, type Frontier } from './frontier.js';
import { bestCuts, type Cut, halfOf } from './halves.js';
import { limitsOf } from './limits.js';
import type { Prepared } from './prepare.js';
import { probe } from './probe.js';
import { createRefining, type Refining } from './refining.js';
import { rootsOf } from './roots.js';
import { createRunners, type Runner } from './runners.js';
import { lowerOf, type Subproblem, upperOf } from './subproblem.js';

/** Boxes that are cut in one call: each call costs some milliseconds whatever is in it. */
const parentsPerCall = { least: 16, most: 32 } as const;
/** Whole boxes that are bounded in one call, at least: those of one property are often equal, and share most of the work. */
const rootsPerCall = 16;
/** Calls of one round, whatever the number of threads: so that all of them cut the same boxes. */
const callsPerRound = 8;
/** Milliseconds of branching before the attack goes on: longer than many proofs take. */
const firstAttack = 200;

/**
 * @param explain told what was measured and chosen
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function branchOnInputs(
  request: BranchRequest,
  explain: (line: string) => void = () => {},
): Promise<BranchResult[]> {
  const runners = await createRunners(request);
  const { space } = runners.current().prepared;
  const allowance = { bytes: request.records ? recordsShare * request.memoryBytes : 0 };
  const frontier = createFrontier(space, request.memoryBytes - allowance.bytes);
  const records = request.records ? space.disjuncts.map(() => newRecord(allowance)) : [];
  const refining = createRefining(request, explain);
  await addRoots(runners.current(), refining, frontier, records);
  const attacks = createAttacks(request, firstAttack);
  let stopped: BranchReason | undefined;
  while (frontier.size > 0) {
    stopped = stopReason(request, frontier);
    if (stopped !== undefined) break;
    if (await attacks()) break;
    await runners.spread(frontier.progress().subproblems);
    const runner = runners.current();
    const { prepared } = runner;
    const most = Math.max(1, Math.min(parentsPerCall.most, Math.floor(space.boxesPerCall / 2)));
    const taken = frontier.take(refining.most() ?? most * callsPerRound);
    const limited = request.records !== true && space.packing.forms > 0 && refining.most() === undefined;
    const parents = clipped(prepared, frontier, taken, limited);
    if (await probe(prepared, parents, request.tryPoints)) break;
    const size = Math.ceil(parents.length / callsPerRound);
    const perCall = refining.most() ?? Math.min(most, Math.max(parentsPerCall.least, size));
    const children = await inCalls(parents, perCall, runner, (some) =>
      split(prepared, some, refining, frontier),
    );
    for (const child of children) frontier.add(child);
    request.onProgress?.(frontier.progress());
  }
  return frontier.results(stopped).map((result, at) => withProof(result, records[at]));
}

const withProof = (result: BranchResult, record: Record | undefined): BranchResult =>
  result.state === 'empty' && record !== undefined ? { ...result, proof: { root: proofOf(record) } } : result;

function stopReason({ deadline }: BranchRequest, frontier: Frontier): BranchReason | undefined {
  if (deadline.interrupted()) return 'interrupted';
  if (deadline.expired()) return 'timeout';
  return frontier.full() ? 'memory' : undefined;
}

/** As many calls under way as there are threads; results in the order of the boxes. */
async function inCalls<T>(
  boxes: readonly T[],
  perCall: number,
  { lanes }: Runner,
  work: (boxes: readonly T[]) => Promise<readonly Subproblem[]>,
): Promise<Subproblem[]> {
  const results: (readonly Subproblem[])[] = [];
  await inLanes(lanes, ranges(boxes.length, perCall), async ([from, to]) => {
    results[from / perCall] = await work(boxes.slice(from, to));
  });
  return results.flat();
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
  const bounded = await inCalls(places, perCall, runner, async (some) =>
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
    if (left !== 'nothing' && tighten(space, data, limits)) return [{ ...parent, limits }];
    frontier.done(disjunct);
    return [];
  });
}

/** The open halves of each box; a box that cannot be cut stays open for good. */
async function split(
  prepared: Prepared,
  parents: readonly Subproblem[],
  refining: Refining,
  frontier: Frontier,
): Promise<readonly Subproblem[]> {
  const { space, bounder } = prepared;
  const cuts = await bestCuts(space, parents, bounder);
  const halves = parents.flatMap((parent, at) => {
    const cut = cuts[at];
    if (cut === undefined) {
      frontier.exhaust(parent);
      return [];
    }
    frontier.done(parent.disjunct);
    return openHalves(space, parent, cut, frontier);
  });
  const children = await refining.parts(prepared, halves);
  for (const { disjunct, bound } of children) frontier.count(disjunct, bound);
  return children.filter(({ bound }) => !(bound > 0));
}

/** Halves that the bounds by which the cut was chosen leave open. */
function openHalves(
  { packing }: Prepared['space'],
  parent: Subproblem,
  cut: Cut,
  frontier: Frontier,
): Subproblem[] {
  const { input, at, left, right } = cut;
  const [leftRecord, rightRecord] = parent.record ? cutRecord(parent.record, input, at) : [];
  const half = (isLeft: boolean, bound: number, record: Record | undefined): Subproblem[] => {
    if (bound > 0) {
      frontier.count(parent.disjunct, bound);
      return [];
    }
    const data = halfOf(packing, parent, cut, isLeft);
    return [record === undefined ? { ...parent, data } : { ...parent, data, record }];
  };
  return [...half(true, left, leftRecord), ...half(false, right, rightRecord)];
}
