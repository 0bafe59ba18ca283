// Walks a proof's tree: boxes are bounded, clipped and cut as it says, and every leaf has to have a positive bound. That the leaves
// cover the box needs no test of its own: both parts of every node are visited, and together they are all of it.
import { type Constraint, Malformed, type ProofNode } from '../findings/certificate/certificate.js';
import { bound, type LinearBound } from './backward.js';
import type { Bounds, Known } from './intervals.js';
import { type BoxView, type Machine, viewsOf } from './known.js';
import type { Located } from './places.js';
import { clipped, halfOf, isEmpty } from './region.js';
import { greatest, isProved, notPositive, uncovered } from './rejections.js';
import { singly } from './rows.js';
import { signed } from './signs.js';
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

export type Part = { readonly node: ProofNode; readonly box: Bounds; readonly outer?: Known | undefined };

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

const viewsOfParts = (machine: Machine, { view, box: root, located }: Task, parts: readonly Part[]) =>
  view !== undefined && parts.length === 1 && parts[0]?.box === root
    ? Promise.resolve([view])
    : viewsOf(
        machine,
        parts.map(({ box, outer }) => ({ box, outer, located: box === root ? located : undefined })),
      );

export async function rowsOf(
  { network, products }: Machine,
  { constraints, margin }: Pick<Task, 'constraints' | 'margin'>,
  views: readonly BoxView[],
): Promise<LinearBound[][]> {
  const all = views.flatMap((view) => singly(network, view, constraints, margin));
  const found = await bound(network, products, all);
  return views.map((_, at) => found.slice(at * constraints.length, (at + 1) * constraints.length));
}

export type Next = { readonly leaves: number; readonly parts: readonly Part[] };

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
