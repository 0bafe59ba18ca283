// The tree of a hard proof, drawn as rows of parts: below every part those that it was split into, each as wide as it has leaves.
import type { InstanceReport } from '../../findings/report.js';
import type { SearchTree, TreeNode } from '../../findings/search-tree.js';
import { approximately, count, oneLine, plural } from '../words.js';
import { percentOf } from './bars.js';
import { html, type Markup } from './markup.js';

const rowHeight = 18;

export function searchTreeDetails({ instance }: InstanceReport, tree: SearchTree, isOpen: boolean): Markup {
  const placed = placedOf(tree.nodes);
  const shownDepth = Math.max(...placed.map(({ level }) => level));
  const words = wordsOf(tree);
  return html`<details class="tree"${isOpen ? html` open` : undefined}>
<summary><b>${oneLine(instance)}</b>: ${words}</summary>
<p class="hint">${legendOf(tree, shownDepth)}</p>
<svg class="plot" width="100%" height="${(shownDepth + 1) * rowHeight}" role="img" aria-label="Search tree of ${oneLine(instance)}: ${words}">${placed.map((node) => drawn(node, tree))}</svg>
<ul class="legend">${kindsOf(placed).map((kind) => html`<li class="${kind}"><span class="swatch" aria-hidden="true"></span>${kinds[kind]}</li>`)}</ul>
<table class="numbers splits">
<caption>What was split most</caption>
<thead><tr><th scope="col">Split</th><th scope="col">Times</th></tr></thead>
<tbody>${tree.splits.map(({ split, count: times }) => html`<tr><th scope="row">${oneLine(split)}</th><td>${count(times)}</td></tr>`)}${tree.otherSplits > 0 ? html`<tr><th scope="row">others</th><td>${count(tree.otherSplits)}</td></tr>` : undefined}</tbody>
</table>
</details>`;
}

const wordsOf = ({ trees, leaves, depth }: SearchTree): string =>
  `${plural(leaves, 'leaf', 'leaves')}, ${plural(depth, 'split')} deep${trees > 1 ? `, in ${count(trees)} trees` : ''}`;

function legendOf({ trees, nodes }: SearchTree, shownDepth: number): string {
  const isWhole = nodes.every(({ split, parts }) => split === undefined || parts !== undefined);
  const which = trees > 1 ? 'The largest tree' : 'The tree';
  const top = isWhole ? '' : `, down to ${plural(shownDepth, 'split')} at most`;
  return `${which}${top}. Each part stands above those that it was split into, as wide as it has leaves.`;
}

type Placed = TreeNode & { readonly level: number; readonly from: number };

/** Parts side by side below what they are parts of. */
function placedOf(nodes: readonly TreeNode[]): Placed[] {
  const placed: Placed[] = [];
  const place = (at: number, level: number, from: number) => {
    const node = nodes[at];
    if (node === undefined) return;
    placed.push({ ...node, level, from });
    // Parts come later than what they are parts of, so that this ends whatever a file says.
    if (node.parts === undefined || node.parts <= at) return;
    place(node.parts, level + 1, from);
    place(node.parts + 1, level + 1, from + (nodes[node.parts]?.leaves ?? 0));
  };
  place(0, 0, 0);
  return placed;
}

const kinds = {
  cut: 'an input is split',
  sign: 'a neuron is split',
  further: 'goes on, not shown',
  leaf: 'a bound was enough',
} as const;

type Kind = keyof typeof kinds;

const kindsOf = (placed: readonly Placed[]): Kind[] =>
  (['cut', 'sign', 'further', 'leaf'] as const).filter((kind) =>
    placed.some((node) => kindOf(node) === kind),
  );

function kindOf({ split, at, parts }: TreeNode): Kind {
  if (split === undefined) return 'leaf';
  if (parts === undefined) return 'further';
  return at === undefined ? 'sign' : 'cut';
}

function drawn(node: Placed, { nodes }: SearchTree): Markup {
  const { level, from, leaves, split, at } = node;
  const total = nodes[0]?.leaves ?? 1;
  const what =
    split === undefined
      ? 'bounded'
      : `${oneLine(split)} split at ${at === undefined ? 'zero' : approximately(at)}: ${plural(leaves, 'leaf', 'leaves')}`;
  return html`<rect class="part ${kindOf(node)}" x="${percentOf(from, total)}" y="${level * rowHeight}" width="${percentOf(leaves, total)}" height="${rowHeight - 2}"><title>${what}</title></rect>`;
}
