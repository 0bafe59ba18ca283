// Walks a proof's tree: boxes are bounded, clipped and cut as it says, and every leaf has to have a positive bound. That the leaves
// cover the box needs no test of its own: both parts of every node are visited, and together they are all of it.
import {
  type Constraint,
  type LeafChoice,
  Malformed,
  type ProofNode,
} from '../findings/certificate/certificate.js';
import { bound, type Combination, type LinearBound } from './backward.js';
import type { Bounds, Known } from './intervals.js';
import { type BoxView, linesWith, type Machine, viewsOf } from './known.js';
import type { Located } from './places.js';
import { clipped, halfOf, isEmpty, middleOf } from './region.js';
import { combined, singly } from './rows.js';
import type { Rejection } from './verdicts.js';

export type Task = {
  readonly root: ProofNode;
  readonly box: Bounds;
  readonly constraints: readonly Constraint[];
  readonly located: Located;
  readonly margin: number;
  /** Of the whole box, where it is known from another disjunct. */
  readonly view?: BoxView | undefined;
};

/** A leaf that is not proved. */
export type Failure = {
  readonly leaf: ProofNode;
  readonly box: Bounds;
  readonly view: BoxView;
  readonly rows: readonly LinearBound[];
  /** Signs on the way to it. */
  readonly signs: readonly Sign[];
};

/** What whoever makes certificates adds to a walk; the checker has none. */
export type Mending = {
  /** What to try in the place of a leaf; undefined: it stays unproved. */
  mend(failure: Failure): ProofNode | undefined;
  /** A node needs no parts. */
  pruned(node: ProofNode): void;
};

export type Walked = { readonly leaves: number; readonly parts: number; readonly rejection?: Rejection };

export type Sign = { readonly place: number; readonly sign: 1 | -1 };

type Part = { readonly node: ProofNode; readonly box: Bounds; readonly outer?: Known | undefined };

/** Parts that are bounded together. */
const partsPerCall = 16;

export async function walk(machine: Machine, task: Task, mending?: Mending): Promise<Walked> {
  const stack: Part[] = [{ node: task.root, box: task.box }];
  let [leaves, parts] = [0, 0];
  while (stack.length > 0) {
    const some = stack.splice(-partsPerCall).filter(({ box }) => !isEmpty(box));
    const open = await leftOpen(machine, task, some, mending);
    leaves += some.length - open.length;
    const views = await viewsOfParts(machine, task, open);
    const rows = await rowsOf(machine, task, views);
    parts += some.length;
    for (const [at, part] of open.entries()) {
      const [view, own] = [views[at], rows[at]];
      if (view === undefined || own === undefined) continue;
      const next = await step(machine, task, part, view, own, mending);
      if ('reason' in next) return { leaves, parts, rejection: next };
      leaves += next.leaves;
      stack.push(...next.parts);
    }
  }
  return { leaves, parts };
}

/** Those that bounds of the boxes around do not prove: these are cheap, and their lines now and then better. */
async function leftOpen(
  machine: Machine,
  task: Task,
  parts: readonly Part[],
  mending: Mending | undefined,
): Promise<Part[]> {
  const inner = parts.filter(({ outer, node }) => outer !== undefined && node.kind !== 'open');
  const views = await viewsOf(machine, inner, false);
  const rows = await rowsOf(machine, task, views);
  const proved = new Set(inner.filter((_, at) => views[at]?.isFinite && isProved(rows[at] ?? [])));
  for (const { node } of proved) if (node.kind !== 'leaf') mending?.pruned(node);
  return parts.filter((part) => !proved.has(part));
}

const isProved = (rows: readonly LinearBound[]): boolean => rows.some((row) => row.bound > 0);

const viewsOfParts = (machine: Machine, { view, box: root, located }: Task, parts: readonly Part[]) =>
  view !== undefined && parts.length === 1 && parts[0]?.box === root
    ? Promise.resolve([view])
    : viewsOf(
        machine,
        parts.map(({ box, outer }) => ({ box, outer, located: box === root ? located : undefined })),
      );

async function rowsOf(
  { network, products }: Machine,
  { constraints, margin }: Task,
  views: readonly BoxView[],
): Promise<LinearBound[][]> {
  const all = views.flatMap((view) => singly(network, view, constraints, margin));
  const found = await bound(network, products, all);
  return views.map((_, at) => found.slice(at * constraints.length, (at + 1) * constraints.length));
}

type Next = { readonly leaves: number; readonly parts: readonly Part[] };

async function step(
  machine: Machine,
  task: Task,
  { node, box }: Part,
  view: BoxView,
  rows: readonly LinearBound[],
  mending: Mending | undefined,
): Promise<Next | Rejection> {
  if (!view.isFinite) return notPositive(box, -Infinity, 'a value may overflow');
  if (node.kind === 'open') return uncovered(box);
  if (isProved(rows)) {
    if (node.kind !== 'leaf') mending?.pruned(node);
    return { leaves: 1, parts: [] };
  }
  if (node.kind === 'sign' || (node.kind === 'leaf' && node.choice !== undefined))
    return signed(machine, task, { node, box }, view, mending);
  const left = clipped(box, rows);
  if (left === undefined) {
    if (node.kind !== 'leaf') mending?.pruned(node);
    return { leaves: 1, parts: [] };
  }
  const cut = node.kind === 'cut' ? node : mending?.mend({ leaf: node, box: left, view, rows, signs: [] });
  if (cut?.kind !== 'cut') return notPositive(left, greatest(rows), 'the bound of a leaf is not positive');
  if (!(cut.input < box.lower.length)) throw new Malformed(`there is no input ${cut.input}`);
  const side = (which: 'left' | 'right'): Part => ({
    node: cut[which],
    box: halfOf(left, cut.input, cut.at, which),
    outer: view.known,
  });
  return { leaves: 0, parts: [side('right'), side('left')] };
}

const greatest = (rows: readonly LinearBound[]): number =>
  rows.reduce((most, { bound: own }) => Math.max(most, own), -Infinity);

const notPositive = (box: Bounds, least: number, detail: string): Rejection => ({
  reason: 'not-positive',
  detail,
  bound: least,
  point: middleOf(box),
});

const uncovered = (box: Bounds): Rejection => ({
  reason: 'uncovered',
  detail: 'nothing is claimed of a part of the box',
  point: middleOf(box),
});

type Branch = { readonly node: ProofNode; readonly signs: readonly Sign[] };

/** Parts by signs of neurons, all over one box and with its bounds. */
async function signed(
  machine: Machine,
  task: Task,
  { node, box }: Part,
  view: BoxView,
  mending: Mending | undefined,
): Promise<Next | Rejection> {
  const { network, products } = machine;
  const stack: Branch[] = [{ node, signs: [] }];
  let leaves = 0;
  while (stack.length > 0) {
    const open = stack.splice(-partsPerCall).flatMap((branch) => unfolded(branch, task.located));
    if (open.some((branch) => branch.node.kind === 'open')) return uncovered(box);
    const combinations = open.map((branch) => leafCombinations(machine, task, view, branch));
    const found = await bound(network, products, combinations.flat());
    let from = 0;
    for (const [at, branch] of open.entries()) {
      const to = from + (combinations[at]?.length ?? 0);
      const own = found.slice(from, to);
      from = to;
      if (isProved(own)) {
        leaves++;
        continue;
      }
      const failure = { leaf: branch.node, box, view, rows: own, signs: branch.signs };
      const instead = mending?.mend(failure);
      if (instead === undefined)
        return notPositive(box, greatest(own), 'the bound of a leaf is not positive');
      stack.push({ node: instead, signs: branch.signs });
    }
  }
  return { leaves, parts: [] };
}

/** Its leaves. */
function unfolded({ node, signs }: Branch, located: Located): Branch[] {
  const found: Branch[] = [];
  const stack: Branch[] = [{ node, signs }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node: own, signs: path } = next;
    if (own.kind === 'cut') throw new Malformed('an input is cut below a sign');
    if (own.kind !== 'sign') found.push(next);
    else {
      if (located.places[own.place] === undefined) throw new Malformed(`there is no place ${own.place}`);
      stack.push({ node: own.negative, signs: [...path, { place: own.place, sign: -1 }] });
      stack.push({ node: own.positive, signs: [...path, { place: own.place, sign: 1 }] });
    }
  }
  return found;
}

function leafCombinations(
  { network }: Machine,
  { located, constraints, margin }: Task,
  box: BoxView,
  { node, signs }: Branch,
): Combination[] {
  const choice = node.kind === 'leaf' ? node.choice : undefined;
  const places = located.places.length;
  const bySign = new Int8Array(places);
  for (const { place, sign } of signs) bySign[place] = sign;
  const { known } = box;
  const lines = linesWith(network, known.bounds, located, choice?.slopes, network.steps.length, bySign);
  const view = { known, lines, ...(choice && { multipliers: multipliersOf(located, choice, signs, known) }) };
  if (choice === undefined) return singly(network, view, constraints, margin);
  if (choice.slopes.length !== places || choice.weights.length !== constraints.length)
    throw new Malformed('the slopes or weights of a leaf do not fit');
  const weights = Array.from(choice.weights);
  // Without any weight the sum says nothing of the constraints, but for a part that is empty: not claimed here.
  if (!weights.every((weight) => weight >= 0 && weight < 2 ** 60) || !weights.some((weight) => weight > 0))
    throw new Malformed('the weights of a leaf are negative or all zero');
  return [combined(network, view, constraints, weights, margin)];
}

/** @throws Malformed where they are negative */
function multipliersOf(
  { places }: Located,
  { multipliers }: LeafChoice,
  signs: readonly Sign[],
  { bounds }: Known,
): Map<number, Float64Array> {
  if (multipliers.length !== signs.length)
    throw new Malformed('the multipliers of a leaf do not fit its signs');
  const found = new Map<number, Float64Array>();
  signs.forEach(({ place, sign }, at) => {
    const multiplier = multipliers[at] ?? Number.NaN;
    const target = places[place];
    if (!(multiplier >= 0 && multiplier < 2 ** 60) || target === undefined)
      throw new Malformed('a multiplier of a leaf is negative');
    const own = found.get(target.step) ?? new Float64Array(bounds[target.step]?.lower.length ?? 0);
    found.set(target.step, own);
    own[target.element] = sign * multiplier;
  });
  return found;
}
