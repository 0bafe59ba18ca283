// Branch and bound of one box: parts in rounds, the worst first, until each is empty or there is no time left.
import { inLanes, ranges } from '../../../base/lanes.js';
import { createAttacks } from '../attacks.js';
import {
  type Allowance,
  type BranchProof,
  newRecord,
  proofOf,
  type Record,
  recordsShare,
} from '../record.js';
import type { BranchReason, BranchRequest, OpenDisjunct } from '../types.js';
import { openEngine } from './engine.js';
import { type Engine, type Expanded, expand } from './expand.js';
import type { Frontier } from './frontier.js';
import { isLeaf, type Leaves } from './leaves/leaves.js';
import { countedRoundSize, resized, roundSize } from './round-size.js';
import { firstSlopes } from './space.js';
import { childrenOf, type Subproblem } from './subproblem.js';

/** Steps of Adam for the whole box. */
const rootRates = { steps: 60, slope: 0.1, multiplier: 0, decay: 0.98 };
/** Parts of one call, and calls of a round, whatever the number of threads: so that all of them split the same parts. */
const callsPerRound = 4;
/** Milliseconds of branching before the attack goes on: it had its turn before. */
const firstAttack = 2000;
/** Neurons split at once, at most, while few parts are open. */
const greatestDepth = 5;

export type Stopped = BranchReason | 'found' | undefined;

/** @param proofs by the number of a disjunct: those of this box are added */
export async function searchBox(
  request: BranchRequest,
  disjuncts: readonly OpenDisjunct[],
  frontier: Frontier,
  explanation: string[],
  proofs: Map<number, BranchProof>,
): Promise<Stopped> {
  const opened = await openEngine(request, disjuncts);
  if (opened === undefined) return endOf(request);
  const { engine, leaves } = opened;
  const search = { request, engine, leaves, frontier, explanation };
  explanation.push(undecidedWords(engine));
  const roots = rootsOf(engine, { bytes: recordsShare * request.memoryBytes });
  try {
    const partsPerRound = await expandRoots(search, roots);
    return partsPerRound === 'found' ? 'found' : await searchParts(search, partsPerRound);
  } finally {
    explanation.push(...leaves.explanation());
    for (const { disjunct, record } of roots) recordProof(engine, disjunct, record, proofs);
    engine.shared.release();
  }
}

type Search = {
  readonly request: BranchRequest;
  readonly engine: Engine;
  readonly leaves: Leaves;
  readonly frontier: Frontier;
  readonly explanation: string[];
};

/** @returns parts of the first round */
async function expandRoots(
  { request, engine, frontier, explanation }: Search,
  roots: readonly Subproblem[],
): Promise<number | 'found'> {
  const began = request.clock();
  const done = await expandMany({ ...engine, rates: rootRates }, roots, request, roots.length);
  const perPart = (request.clock() - began) / (roots.length * rootRates.steps);
  const partsPerRound = request.repeatable
    ? countedRoundSize(request.model)
    : roundSize(perPart * engine.rates.steps);
  explanation.push(`${perPart.toFixed(2)} ms a step of one part: ${partsPerRound} parts a round at first`);
  if (done.found) return 'found';
  frontier.count(roots, done.bounds);
  frontier.add(done.open);
  frontier.replaced(roots);
  return partsPerRound;
}

async function searchParts(search: Search, partsAtFirst: number): Promise<Stopped> {
  const { request, frontier } = search;
  const attacks = createAttacks(request, { climb: firstAttack });
  let partsPerRound = partsAtFirst;
  while (frontier.size > 0) {
    const reason = stopReason(request, frontier);
    if (reason !== undefined) return reason;
    if (await attacks()) return 'found';
    const next = await expandRound(search, partsPerRound);
    if (next === 'found') return 'found';
    partsPerRound = next;
    request.onProgress?.(frontier.progress());
  }
  // Leaves that were not looked at any more are exhausted only if time was not the reason.
  return stopReason(request, frontier);
}

/** Splits the parts that come first. @returns parts of the next round */
async function expandRound(
  { request, engine, leaves, frontier }: Search,
  partsPerRound: number,
): Promise<number | 'found'> {
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
  const milliseconds = request.clock() - start;
  frontier.count(children, done.bounds);
  frontier.add(done.open);
  // Parts that were not reached are among the parents, which stay open.
  if (done.found) return 'found';
  frontier.replaced(parents);
  return 2 * children.length < partsPerRound ? partsPerRound : resized(request, partsPerRound, milliseconds);
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
