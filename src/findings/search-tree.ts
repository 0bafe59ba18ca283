// What a report shows of the trees of a hard proof: how large they are, what they split most, and the top of the largest.
import { type Places, type ProofNode, partsOf } from './certificate/certificate.js';

export type SearchTree = {
  /** Ways to violate the property that had to be split: each has a tree of its own. */
  readonly trees: number;
  /** Parts, over all trees, for each of which a bound was enough. */
  readonly leaves: number;
  /** Most splits from a root to a leaf. */
  readonly depth: number;
  /** What was split most often, over all trees, the most first; at most `mostSplits`. */
  readonly splits: readonly { readonly split: string; readonly count: number }[];
  /** Splits that are not in that list. */
  readonly otherSplits: number;
  /** Of the tree with the most leaves, at most `mostNodes`, from the root on: always those with the most leaves. */
  readonly nodes: readonly TreeNode[];
};

export type TreeNode = {
  /** Below it; 1 where it is a leaf itself. */
  readonly leaves: number;
  /** `x[3]`: an element of the flat input. `name[7]`: what a neuron reads, an element of the value that the model's file names so. */
  readonly split?: string | undefined;
  /** Where an input is split; a neuron always at zero. */
  readonly at?: number | undefined;
  /** Place in `nodes` of its first part (below `at`, or above zero), which its second follows; missing where its parts are not listed. */
  readonly parts?: number | undefined;
};

export const mostSplits = 10;
export const mostNodes = 63;

/** @param places of the box, which signs are about */
export type ProofTree = { readonly root: ProofNode; readonly places: Places | undefined };

/** undefined where nothing was split. */
export function searchTreeOf(proofs: readonly ProofTree[]): SearchTree | undefined {
  const measured = proofs.filter(({ root }) => partsOf(root).length > 0).map(measure);
  const [first] = measured;
  if (first === undefined) return undefined;
  const counts = new Map<string, number>();
  for (const { splits } of measured)
    for (const [split, count] of splits) counts.set(split, (counts.get(split) ?? 0) + count);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const largest = measured.reduce((most, tree) => (tree.total > most.total ? tree : most), first);
  return {
    trees: measured.length,
    leaves: measured.reduce((sum, { total }) => sum + total, 0),
    depth: Math.max(...measured.map(({ depth }) => depth)),
    splits: sorted.slice(0, mostSplits).map(([split, count]) => ({ split, count })),
    otherSplits: sorted.slice(mostSplits).reduce((sum, [, count]) => sum + count, 0),
    nodes: topOf(largest),
  };
}

type Measured = ProofTree & {
  readonly total: number;
  readonly depth: number;
  readonly leaves: ReadonlyMap<ProofNode, number>;
  readonly splits: ReadonlyMap<string, number>;
};

/** Without recursion: trees may be thousands of splits deep. */
function measure(tree: ProofTree): Measured {
  const inOrder: ProofNode[] = [];
  const splits = new Map<string, number>();
  const stack = [{ node: tree.root, level: 0 }];
  let depth = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, level } = next;
    inOrder.push(node);
    depth = Math.max(depth, level);
    const split = splitOf(node, tree.places);
    if (split !== undefined) splits.set(split, (splits.get(split) ?? 0) + 1);
    for (const part of partsOf(node)) stack.push({ node: part, level: level + 1 });
  }
  const leaves = new Map<ProofNode, number>();
  // Parts come after what they are parts of.
  for (const node of inOrder.reverse()) {
    const parts = partsOf(node);
    leaves.set(node, parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + (leaves.get(part) ?? 0), 0));
  }
  return { ...tree, total: leaves.get(tree.root) ?? 1, depth, leaves, splits };
}

function topOf({ root, places, leaves }: Measured): TreeNode[] {
  const listed = [root];
  const partsAt = new Map<ProofNode, number>();
  const below = (node: ProofNode) => leaves.get(node) ?? 1;
  while (listed.length + 2 <= mostNodes) {
    const [open, ...others] = listed.filter((node) => partsOf(node).length > 0 && !partsAt.has(node));
    if (open === undefined) break;
    const widest = others.reduce((most, node) => (below(node) > below(most) ? node : most), open);
    partsAt.set(widest, listed.length);
    listed.push(...partsOf(widest));
  }
  return listed.map((node) => {
    const [split, parts] = [splitOf(node, places), partsAt.get(node)];
    return {
      leaves: below(node),
      ...(split !== undefined && { split }),
      ...(node.kind === 'cut' && { at: node.at }),
      ...(parts !== undefined && { parts }),
    };
  });
}

function splitOf(node: ProofNode, places: Places | undefined): string | undefined {
  if (node.kind === 'cut') return `x[${node.input}]`;
  return node.kind === 'sign' ? neuronName(node.place, places) : undefined;
}

/** Places are counted through all values. */
function neuronName(place: number, places: Places | undefined): string {
  let before = 0;
  for (const { name, elements } of places?.values ?? []) {
    if (place < before + elements.length) return `${name}[${elements[place - before]}]`;
    before += elements.length;
  }
  return `neuron ${place}`;
}
