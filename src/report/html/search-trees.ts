// Hard proofs: which instances branch and bound had to split, into how many sub-problems, and how.
import type { InstanceReport, PropertyReport } from '../../findings/report.js';
import { count, oneLine, plural } from '../words.js';
import { stackedBar } from './bars.js';
import { html, type Markup } from './markup.js';
import { searchTreeDetails } from './search-tree.js';

const shown = 8;

export function branchingPanel({ instances, subproblems }: PropertyReport): Markup | undefined {
  const split = instances
    .filter((one): one is Split => (one.subproblems ?? 0) > 0)
    .sort((a, b) => b.subproblems - a.subproblems);
  const trees = instances
    .flatMap((instance) =>
      instance.searchTree === undefined ? [] : [{ instance, tree: instance.searchTree }],
    )
    .sort((a, b) => b.tree.leaves - a.tree.leaves);
  if (subproblems === 0 && trees.length === 0) return undefined;
  const most = split[0]?.subproblems ?? 1;
  return html`<section class="panel">
<h3>Hard proofs</h3>
<p class="hint">Branch and bound split ${split.length === 0 ? 'instances' : plural(split.length, 'instance')} into ${plural(subproblems, 'sub-problem')}${split.length > shown ? `; the ${shown} hardest:` : '.'}</p>
<table class="times">
<thead class="sr"><tr><th scope="col">Instance</th><th scope="col">Verdict</th><th scope="col">Sub-problems</th></tr></thead>
<tbody>${split.slice(0, shown).map((one) => row(one, most))}</tbody>
</table>
${trees.map(({ instance, tree }, at) => searchTreeDetails(instance, tree, at === 0))}
</section>`;
}

type Split = InstanceReport & { readonly subproblems: number };

const row = ({ instance, verdict, subproblems }: Split, most: number): Markup =>
  html`<tr><th scope="row">${oneLine(instance)}</th><td class="wide">${stackedBar([{ className: verdict.kind, size: subproblems, label: verdict.kind }], most, verdict.kind)}</td><td>${count(subproblems)}</td></tr>`;
