// Branch and bound by splitting neurons at the kink of their activation, with slopes and multipliers optimised for every part
// (Wang et al., beta-CROWN, arXiv 2103.06624). Disjuncts over one box share everything; boxes come one after the other.

import { inLanes, ranges } from '../../../base/lanes.js';
import { once } from '../../../base/once.js';
import { float32 } from '../../../base/tensor.js';
import { footprintOf } from '../../../graph/footprint.js';
import { instanceOf } from '../../../graph/instance.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { ProgramError } from '../../../program/program-error.js';
import type { Bounds } from '../../crown/bounds.js';
import { openCrown } from '../../crown/crown.js';
import { createAttacks } from '../attacks.js';
import {
  type Allowance,
  type BranchProof,
  newRecord,
  proofOf,
  type Record,
  recordsShare,
} from '../record.js';
import type { BranchReason, BranchRequest, BranchResult, BranchStrategy, OpenDisjunct } from '../types.js';
import { isMixed } from './batching.js';
import { type Engine, type Expanded, expand } from './expand.js';
import { createFrontier, type Frontier } from './frontier.js';
import { openFixed } from './leaves/fixed.js';
import { createLeaves, isLeaf, type Leaves } from './leaves/leaves.js';
import { openLinearPrograms } from './leaves/linear-program.js';
import { haveCuts, kinksOf, type Neurons, neuronsOf } from './neurons.js';
import { createRecorder } from './recorder.js';
import { refined } from './refine.js';
import { createSessions } from './sessions.js';
import { createSpace, firstSlopes } from './space.js';
import { childrenOf, type Subproblem } from './subproblem.js';

/** Steps of Adam for the whole box, and for parts, which begin where the part that they were split from ended. */
const rootRates = { steps: 60, slope: 0.1, multiplier: 0, decay: 0.98 };
const partRates = { steps: 20, slope: 0.05, multiplier: 0.1, decay: 0.95, looksAhead: 2 };
/** Parts of one call, and calls of a round, whatever the number of threads: so that all of them split the same parts. */
const callsPerRound = 4;
/** What tighter bounds of hidden values may take. */
const refiningMilliseconds = 10_000;
/** Milliseconds of branching before the attack goes on: it had its turn before. */
const firstAttack = 2000;
/** Candidates of which the children are bounded. */
const tried = 10;
/** Neurons split at once, at most, while few parts are open. */
const greatestDepth = 5;

/** @throws Unbounded where the output has no bounds; ProgramError where a node cannot be run on many rows at once */
export async function branchOnActivations(
  request: BranchRequest,
): Promise<{ readonly results: readonly BranchResult[]; readonly strategy: BranchStrategy }> {
  const explanation: string[] = [];
  const results = new Map<number, BranchResult>();
  let found = false;
  for (const disjuncts of sameBoxes(request.disjuncts)) {
    const kept = request.records ? recordsShare : 0;
    const frontier = createFrontier(disjuncts, request.memoryBytes * (1 / 2 - kept));
    const proofs = new Map<number, BranchProof>();
    const stopped: Stopped = found
      ? undefined
      : await searchBox(request, disjuncts, frontier, explanation, proofs);
    found ||= stopped === 'found';
    const reason = stopped === 'found' ? undefined : stopped;
    for (const result of frontier.results(reason)) {
      const proof = result.state === 'empty' ? proofs.get(result.index) : undefined;
      results.set(result.index, proof === undefined ? result : { ...result, proof });
    }
  }
  return {
    results: request.disjuncts.flatMap(({ index }) => results.get(index) ?? []),
    strategy: { explanation },
  };
}

function sameBoxes(disjuncts: readonly OpenDisjunct[]): OpenDisjunct[][] {
  const groups = new Map<Float32Array, OpenDisjunct[]>();
  for (const disjunct of disjuncts) {
    const group = groups.get(disjunct.lower) ?? [];
    groups.set(disjunct.lower, [...group, disjunct]);
  }
  return [...groups.values()];
}

type Stopped = BranchReason | 'found' | undefined;

async function searchBox(
  request: BranchRequest,
  disjuncts: readonly OpenDisjunct[],
  frontier: Frontier,
  explanation: string[],
  proofs: Map<number, BranchProof>,
): Promise<Stopped> {
  const opened = await openWidest(request, disjuncts);
  if (opened === undefined) return endOf(request);
  const { engine, leaves } = opened;
  explanation.push(undecidedWords(engine));
  const roots = rootsOf(engine, { bytes: recordsShare * request.memoryBytes });
  try {
    const began = request.clock();
    const root = await expandMany({ ...engine, rates: rootRates }, roots, request, roots.length);
    const perPart = (request.clock() - began) / (roots.length * rootRates.steps);
    let partsPerRound = request.repeatable
      ? countedRoundSize(request.model)
      : roundSize(perPart * partRates.steps);
    explanation.push(`${perPart.toFixed(2)} ms a step of one part: ${partsPerRound} parts a round at first`);
    if (root.found) return 'found';
    frontier.count(roots, root.bounds);
    frontier.add(root.open);
    frontier.replaced(roots);
    const attacks = createAttacks(request, { climb: firstAttack });
    while (frontier.size > 0) {
      const reason = stopReason(request, frontier);
      if (reason !== undefined) return reason;
      if (await attacks()) return 'found';
      const parents = frontier.take(Math.ceil(partsPerRound / 2));
      const ends = await leaves.decide(parents.filter(isLeaf));
      if (ends.found) return 'found';
      frontier.prove(ends.proved);
      for (const part of ends.left) frontier.exhaust(part);
      const split = parents.filter((parent) => !isLeaf(parent));
      const depth = depthOf(frontier, partsPerRound / split.length);
      const children = split.flatMap((parent) => childrenOf(engine.space, parent, depth));
      const start = request.clock();
      const done = await expandMany(engine, children, request, Math.ceil(partsPerRound / callsPerRound));
      if (2 * children.length >= partsPerRound)
        partsPerRound = resized(request, partsPerRound, request.clock() - start);
      frontier.count(children, done.bounds);
      frontier.add(done.open);
      // Parts that were not reached are among the parents, which stay open.
      if (done.found) return 'found';
      frontier.replaced(parents);
      request.onProgress?.(frontier.progress());
    }
    // Leaves that were not looked at any more are exhausted only if time was not the reason.
    return stopReason(request, frontier);
  } finally {
    explanation.push(...leaves.explanation());
    for (const { disjunct, record } of roots) recordProof(engine, disjunct, record, proofs);
    engine.shared.release();
  }
}

function undecidedWords({ space: { width, isCut } }: Engine): string {
  const cut = isCut.filter(Boolean).length;
  const about = cut > 0 ? `, ${cut} of them split at any point` : '';
  return `${width - 1 - cut} undecided neurons${about}`;
}

/** Neurons to split at once for so many children each. */
const depthOf = (frontier: Frontier, children: number): number =>
  frontier.scarce() ? 1 : Math.max(1, Math.min(greatestDepth, Math.floor(Math.log2(children))));

function recordProof(
  { space, disjuncts, recorder }: Engine,
  disjunct: number,
  record: Record | undefined,
  proofs: Map<number, BranchProof>,
): void {
  const { index } = disjuncts[disjunct] ?? {};
  if (record === undefined || recorder === undefined || index === undefined) return;
  const root = proofOf(record, (place) => recorder.placeOf(space, place));
  proofs.set(index, { root, places: recorder.places() });
}

/** So that a round takes a second or so. */
const roundSize = (millisecondsPerPart: number): number =>
  2 ** Math.max(4, Math.min(10, Math.round(Math.log2(2000 / Math.max(millisecondsPerPart, 1e-3)))));

/** Of no clock, but of what a part takes: a second or so on one thread, too. */
const countedRoundSize = (model: TypedModel): number =>
  2 ** Math.max(4, Math.min(8, Math.round(Math.log2(2 ** 21 / footprintOf(model).activationBytes))));

/** Few parts at the root tell little of many, and other programs come and go. */
function resized({ repeatable }: BranchRequest, parts: number, milliseconds: number): number {
  if (repeatable) return parts;
  if (milliseconds < 1000) return Math.min(1024, 2 * parts);
  return milliseconds > 4000 ? Math.max(16, parts / 2) : parts;
}

type Open = { readonly engine: Engine; readonly leaves: Leaves } | undefined;

/** With all that can be split, or else, where its relaxation cannot be run for many parts at once, with kinks. */
async function openWidest(request: BranchRequest, disjuncts: readonly OpenDisjunct[]): Promise<Open> {
  const all = neuronsOf(instanceOf(request.model));
  try {
    return await openEngine(request, disjuncts, all);
  } catch (error) {
    if (!(error instanceof ProgramError && haveCuts(all))) throw error;
    return openEngine(request, disjuncts, kinksOf(all));
  }
}

/** Undefined where the time is over before. */
async function openEngine(
  request: BranchRequest,
  disjuncts: readonly OpenDisjunct[],
  hidden: readonly Neurons[],
): Promise<Open> {
  const { model: batched, runtime, arithmetic, memoryBytes, deadline } = request;
  const model = instanceOf(batched);
  const [first] = disjuncts;
  if (first === undefined) throw new RangeError('no disjunct');
  const options = { arithmetic, memoryBytes: memoryBytes / 2, deadline, plainValues: true };
  const box = { lower: float32(first.lower), upper: float32(first.upper) };
  const crown = openCrown(batched, runtime, options);
  const own = await crown.hidden(box);
  const plain = haveCuts(hidden) ? withRaised(own, hidden, first) : own;
  // Certificates know signs, not cuts at points: what is bent the checker does not know anyway.
  const recorder = request.records && !haveCuts(hidden) ? createRecorder(hidden, plain) : undefined;
  const refines = !request.repeatable || isCheapToRefine(model, hidden);
  const root = await refined(model, first, hidden, plain, {
    arithmetic,
    runtime,
    clock: request.clock,
    milliseconds: request.repeatable ? Infinity : refiningMilliseconds,
    isStopped: () => !refines || deadline.expired(),
    onRefined: recorder?.onRefined,
  });
  // Programs take long to open.
  if (deadline.expired()) return undefined;
  const space = createSpace(model, first, hidden, root);
  const mixed = isMixed(disjuncts);
  const sessions = createSessions(model, hidden, { name: model.output.name, mixed }, arithmetic, runtime);
  const engine: Engine = {
    space,
    disjuncts,
    mixed,
    sessions: {
      ascent: await sessions.ascent(),
      bounds: await sessions.bounds(),
      view: await sessions.view(),
    },
    shared: runtime.share(space.feeds),
    rates: partRates,
    tried,
    isStopped: () => deadline.expired(),
    tryPoints: request.tryPoints,
    suggest: request.suggest,
    recorder,
  };
  const leaves = createLeaves(engine, {
    fixed: once(() => openFixed(model, hidden, runtime)),
    programs: once(openLinearPrograms),
    magnitudes: once(async () => ({
      outputs: magnitudes(await crown.output(box)),
      inputs: magnitudes(first),
    })),
  });
  return { engine, leaves };
}

/** No certificate says how they were raised. */
function withRaised(own: readonly Bounds[], hidden: readonly Neurons[], { raised }: OpenDisjunct): Bounds[] {
  return own.map(({ lower, upper }, k) => {
    const known = raised?.get(hidden[k]?.name ?? '');
    if (known === undefined) return { lower, upper };
    return {
      lower: lower.map((least, at) => Math.max(least, known.lower[at] ?? -Infinity)),
      upper: upper.map((most, at) => Math.min(most, known.upper[at] ?? Infinity)),
    };
  });
}

/** Greatest magnitude of each element; Infinity where nothing is known. */
const magnitudes = ({ lower, upper }: Bounds): Float64Array =>
  Float64Array.from(lower, (low, at) => {
    const greatest = Math.max(Math.abs(low), Math.abs(upper[at] ?? Infinity));
    return Number.isNaN(greatest) ? Infinity : greatest;
  });

/** What a round of no clock may take, in bytes of values that all rows have: some ten seconds on one thread. */
const refiningBytes = 2 ** 27;
const isCheapToRefine = (model: TypedModel, hidden: readonly Neurons[]): boolean =>
  2 * hidden.reduce((sum, { size }) => sum + size, 0) * footprintOf(model).activationBytes <= refiningBytes;

/** One part for each disjunct. */
function rootsOf({ space, disjuncts, recorder }: Engine, allowance: Allowance): Subproblem[] {
  const slopes = Uint8Array.from(firstSlopes(space), (slope) => 255 * slope);
  return disjuncts.map((_, disjunct) => ({
    disjunct,
    row: 0,
    bound: -Infinity,
    splits: new Int32Array(),
    points: new Float32Array(),
    multipliers: new Float32Array(),
    slopes,
    candidates: new Int32Array(),
    candidatePoints: new Float32Array(),
    ...(recorder && { record: newRecord(allowance) }),
  }));
}

/** As many calls under way as there are threads. */
async function expandMany(
  engine: Engine,
  parts: readonly Subproblem[],
  { runtime }: BranchRequest,
  size: number,
): Promise<Expanded> {
  const results: Expanded[] = [];
  let found = false;
  const expandSome = async ([from, to]: readonly [from: number, to: number]) => {
    const result = await expand(engine, parts.slice(from, to));
    results[from / size] = result;
    found ||= result.found;
  };
  await inLanes(runtime.workers, ranges(parts.length, size), expandSome, () => found);
  const bounds = new Float64Array(parts.length).fill(-Infinity);
  results.forEach((result, at) => {
    bounds.set(result.bounds, at * size);
  });
  return { bounds, open: results.flatMap(({ open }) => open), found };
}

function stopReason({ deadline }: BranchRequest, frontier: Frontier): BranchReason | undefined {
  if (deadline.expired()) return endOf({ deadline });
  return frontier.full() ? 'memory' : undefined;
}

const endOf = ({ deadline }: Pick<BranchRequest, 'deadline'>): BranchReason =>
  deadline.interrupted() ? 'interrupted' : 'timeout';
