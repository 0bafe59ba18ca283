// Walks a proof's tree: boxes are bounded, clipped and cut as it says, and every leaf has to have a positive bound. That the leaves
// cover the box needs no test of its own: both parts of every node are visited, and together they are all of it.
import { Malformed, type ProofNode } from '../findings/certificate/certificate.js';
import { bound, type LinearBound } from './backward.js';
import type { Bounds, Known } from './bounds.js';
import { type BoxView, isBounded, type Machine, viewsOf } from './known.js';
import { bySides } from './leaves.js';
import type { Located } from './places.js';
import { clipped, halfOf, isEmpty, middleOf } from './region.js';
import { type Claim, singly } from './rows.js';
import { isProved, notPositive, type Rejection, uncovered } from './verdicts.js';

export type Task = Claim & {
  readonly root: ProofNode;
  readonly box: Bounds;
  readonly located: Located;
  /** Of the whole box, where it is known from another disjunct. */
  readonly view?: BoxView | undefined;
  readonly mending?: Mending | undefined;
};

/** A leaf that is not proved. */
export type Failure = {
  readonly leaf: ProofNode;
  readonly box: Bounds;
  readonly rows: readonly LinearBound[];
  /** On the way to it. */
  readonly sides: readonly Side[];
};

/** What whoever makes certificates adds to a walk; the checker has none. */
export type Mending = {
  /** What to try in the place of a leaf; undefined: it stays unproved. */
  mend(failure: Failure): ProofNode | undefined;
  /** A node needs no parts. */
  pruned(node: ProofNode): void;
};

export type Walked = { readonly leaves: number; readonly parts: number; readonly rejection?: Rejection };

/** A place's neuron reads at least `at`, or at most. */
export type Side = { readonly place: number; readonly at: number; readonly side: 1 | -1 };

export type Part = { readonly node: ProofNode; readonly box: Bounds; readonly outer?: Known | undefined };

export type Next = { readonly leaves: number; readonly parts: readonly Part[] };

/** Parts that are bounded together. */
export const partsPerCall = 16;

export async function walk(machine: Machine, task: Task): Promise<Walked> {
  const stack: Part[] = [{ node: task.root, box: task.box }];
  let [leaves, parts] = [0, 0];
  while (stack.length > 0) {
    const some = stack.splice(-partsPerCall).filter(({ box }) => !isEmpty(box));
    const open = await leftOpen(machine, task, some);
    leaves += some.length - open.length;
    parts += some.length;
    const views = await viewsOfParts(machine, task, open);
    const rows = await rowsOf(machine, task, views);
    for (const [at, part] of open.entries()) {
      const [view, own] = [views[at], rows[at]];
      if (view === undefined || own === undefined) throw new RangeError('a part without bounds');
      const next = await step(machine, task, part, view, own);
      if ('reason' in next) return { leaves, parts, rejection: next };
      leaves += next.leaves;
      stack.push(...next.parts);
    }
  }
  return { leaves, parts };
}

/** Those that bounds of the boxes around do not prove: these are cheap, and their lines now and then better. */
async function leftOpen(machine: Machine, task: Task, parts: readonly Part[]): Promise<Part[]> {
  const inner = parts.filter(({ outer, node }) => outer !== undefined && node.kind !== 'open');
  const views = await viewsOf(machine, inner, false);
  const rows = await rowsOf(machine, task, views);
  const proved = new Set(inner.filter((_, at) => views[at]?.isFinite && isProved(rows[at] ?? [])));
  for (const { node } of proved) done(task, node);
  return parts.filter((part) => !proved.has(part));
}

function done({ mending }: Task, node: ProofNode): Next {
  if (node.kind !== 'leaf') mending?.pruned(node);
  return { leaves: 1, parts: [] };
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
  claim: Claim,
  views: readonly BoxView[],
): Promise<LinearBound[][]> {
  const all = views.flatMap((view) => singly(network, view, claim));
  const found = await bound(network, products, all);
  return views.map(() => found.splice(0, claim.constraints.length));
}

async function step(
  machine: Machine,
  task: Task,
  part: Part,
  view: BoxView,
  rows: readonly LinearBound[],
): Promise<Next | Rejection> {
  const { node, box } = part;
  if (node.kind === 'open') return uncovered(box);
  if (task.finite) return finiteStep(machine, task, part, view);
  if (!view.isFinite) return notPositive(box, [], 'a value may overflow');
  if (isProved(rows)) return done(task, node);
  if (node.kind === 'sign' || (node.kind === 'leaf' && node.choice !== undefined))
    return bySides(machine, task, part, view);
  const left = clipped(box, rows);
  if (left === undefined) return done(task, node);
  const cut = node.kind === 'cut' ? node : task.mending?.mend({ leaf: node, box: left, rows, sides: [] });
  if (cut?.kind !== 'cut') return notPositive(left, rows);
  return halves(cut, left, view.known);
}

function halves(cut: ProofNode & { kind: 'cut' }, box: Bounds, outer?: Known): Next {
  if (!(cut.input < box.lower.length)) throw new Malformed(`there is no input ${cut.input}`);
  const half = (which: 'left' | 'right'): Part => ({
    node: cut[which],
    box: halfOf(box, cut.input, cut.at, which),
    outer,
  });
  return { leaves: 0, parts: [half('right'), half('left')] };
}

/** A step with finite bounds has no sum, in any order, and no product on the way to it that overflows. */
function finiteStep({ network }: Machine, task: Task, { node, box }: Part, view: BoxView): Next | Rejection {
  if (node.kind === 'sign' || (node.kind === 'leaf' && node.choice !== undefined))
    throw new Malformed('values are finite by cuts and plain leaves only');
  if (view.isFinite) return done(task, node);
  if (node.kind === 'cut') return halves(node, box);
  const first = view.known.bounds.findIndex((bounds) => !isBounded(bounds));
  const name = [...network.named].find(([, at]) => at >= first)?.[0];
  return { reason: 'not-finite', detail: `"${name}" may overflow`, point: middleOf(box) };
}
