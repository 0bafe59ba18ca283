// Branch and bound by splitting the input box: for networks of few inputs (Wang et al., ReluVal, arXiv 1804.10829; here with
// backward bounds, two candidate cuts and domain clipping, DESIGN section 4). All disjuncts share the batches.
import type { Runtime } from '../../../program/session.js';
import type { BranchReason, BranchRequest, BranchResult } from '../types.js';
import { boundAll } from './bounding.js';
import { clip } from './clip.js';
import { createFrontier, type Frontier } from './frontier.js';
import { type Prepared, prepare } from './prepare.js';
import { probe } from './probe.js';
import { candidates } from './split.js';
import { coefficientsOf, constantsOf, lowerOf, type Subproblem, upperOf } from './subproblem.js';

/** Sub-problems of one call: enough for full matrix products, few enough for the cache. */
const boxesPerCall = 256;
/** Calls of one round, whatever the number of threads: so that all of them cut the same boxes. */
const callsPerRound = 4;
/** Boxes that one round cuts: two candidates with two halves each. */
const parentsPerRound = (boxesPerCall * callsPerRound) / 4;

/**
 * @throws Unbounded where the output has no bounds
 * @throws ProgramError where a node cannot be run on many rows at once
 */
export async function branchOnInputs(request: BranchRequest): Promise<BranchResult[]> {
  const prepared = await prepare(request.model, request.disjuncts, request.arithmetic, request.runtime);
  const frontier = createFrontier(prepared.space, request.memoryBytes);
  await addRoots(prepared, frontier, request.runtime);
  let stopped: BranchReason | undefined;
  while (frontier.size > 0) {
    stopped = stopReason(request, frontier);
    if (stopped !== undefined) break;
    const parents = clipped(prepared, frontier, frontier.take(parentsPerRound));
    if (await probe(prepared, parents, request.tryPoints)) break;
    const families = parents.map((parent) => split(prepared, parent, frontier));
    const children = await boundMany(prepared, families.flat(2), request.runtime);
    frontier.count(children);
    let next = 0;
    for (const family of families) {
      const pairs = family.map((pair) =>
        pair.map(() => children[next++]).filter((child) => child !== undefined),
      );
      for (const child of betterPair(pairs)) if (!(child.bound > 0)) frontier.add(child);
    }
    request.onProgress?.(frontier.progress());
  }
  return frontier.results(stopped);
}

function stopReason({ deadline }: BranchRequest, frontier: Frontier): BranchReason | undefined {
  if (deadline.interrupted()) return 'interrupted';
  if (deadline.expired()) return 'timeout';
  return frontier.full() ? 'memory' : undefined;
}

async function addRoots(prepared: Prepared, frontier: Frontier, runtime: Runtime): Promise<void> {
  const { space, intervals } = prepared;
  const { packing, hidden } = space;
  const roots = space.disjuncts.map((box, disjunct): Subproblem => {
    const data = new Float32Array(packing.length);
    data.set(box.lower, 0);
    data.set(box.upper, packing.inputs);
    return { disjunct, bound: -Infinity, data };
  });
  for (let from = 0; from < roots.length; from += boxesPerCall) {
    const some = roots.slice(from, from + boxesPerCall);
    const all = (side: typeof lowerOf) => {
      const array = new Float32Array(some.length * packing.inputs);
      for (const [at, { data }] of some.entries()) array.set(side(packing, data), at * packing.inputs);
      return array;
    };
    const bounds = await intervals(all(lowerOf), all(upperOf));
    some.forEach(({ data }, at) => {
      hidden.forEach(({ offset, size }, k) => {
        const first = 2 * packing.inputs + offset;
        data.set(bounds[k]?.lower.subarray(at * size, (at + 1) * size) ?? [], first);
        data.set(bounds[k]?.upper.subarray(at * size, (at + 1) * size) ?? [], first + packing.hidden);
      });
    });
  }
  const bounded = await boundMany(prepared, roots, runtime);
  frontier.count(bounded);
  for (const root of bounded) if (!(root.bound > 0)) frontier.add(root);
}

/** In calls of the same size, as many under way as there are threads. */
async function boundMany(
  { space, bounder }: Prepared,
  boxes: readonly Subproblem[],
  runtime: Runtime,
): Promise<Subproblem[]> {
  const size = Math.max(16, Math.min(boxesPerCall, Math.ceil(boxes.length / callsPerRound)));
  const chunks = Array.from({ length: Math.ceil(boxes.length / size) }, (_, at) =>
    boxes.slice(at * size, (at + 1) * size),
  );
  const results: Subproblem[][] = [];
  let next = 0;
  const lane = async () => {
    while (next < chunks.length) {
      const at = next++;
      results[at] = await boundAll(space, chunks[at] ?? [], bounder);
    }
  };
  await Promise.all(Array.from({ length: runtime.workers }, lane));
  return results.flat();
}

/** Boxes cut to what may hold a counterexample; those of which nothing is left are done. */
function clipped({ space }: Prepared, frontier: Frontier, parents: readonly Subproblem[]): Subproblem[] {
  const { packing, disjuncts } = space;
  return parents.filter(({ data, disjunct }) => {
    const rows = disjuncts[disjunct]?.rows;
    if (rows === undefined) return false;
    const left = clip(lowerOf(packing, data), upperOf(packing, data), {
      count: rows.count,
      coefficients: coefficientsOf(packing, data),
      constants: constantsOf(packing, data),
      limits: rows.bounds,
    });
    if (!left) frontier.done(disjunct);
    return left;
  });
}

/** Pairs of halves, a pair for each candidate; a box that cannot be cut stays open for good. */
function split({ space }: Prepared, parent: Subproblem, frontier: Frontier): Subproblem[][] {
  const { packing, disjuncts } = space;
  const { data, disjunct } = parent;
  const whole = widths(disjuncts[disjunct]?.lower, disjuncts[disjunct]?.upper);
  const count = disjuncts[disjunct]?.rows.count ?? 0;
  const coefficients = coefficientsOf(packing, data).subarray(0, count * packing.inputs);
  const cuts = candidates(lowerOf(packing, data), upperOf(packing, data), coefficients, whole);
  if (cuts.length === 0) frontier.exhaust(parent);
  else frontier.done(disjunct);
  return cuts.map(({ input, at }) => {
    const [left, right] = [data.slice(), data.slice()];
    upperOf(packing, left)[input] = at;
    lowerOf(packing, right)[input] = at;
    return [
      { ...parent, data: left },
      { ...parent, data: right },
    ];
  });
}

const widths = (lower: Float32Array = new Float32Array(), upper: Float32Array = new Float32Array()) =>
  upper.map((high, at) => high - (lower[at] ?? 0));

/** Fewer open halves first, then the greater sum of what is missing. */
function betterPair(pairs: readonly Subproblem[][]): readonly Subproblem[] {
  const open = (pair: readonly Subproblem[]) => pair.filter(({ bound }) => !(bound > 0)).length;
  const missing = (pair: readonly Subproblem[]) =>
    pair.reduce((sum, { bound }) => sum + Math.min(bound, 0), 0);
  return pairs.reduce<readonly Subproblem[]>((best, pair, at) => {
    if (at === 0) return pair;
    const fewer = open(pair) - open(best);
    return fewer < 0 || (fewer === 0 && missing(pair) > missing(best)) ? pair : best;
  }, []);
}
