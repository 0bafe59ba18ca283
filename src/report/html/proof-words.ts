// Which network the proofs are about, and who vouches for them.
import type { RunReport } from '../../findings/report.js';
import { count, plural } from '../words.js';
import { html, type Markup } from './markup.js';

export function proofWords({ arithmetic, properties }: RunReport): Markup | undefined {
  const checked = properties
    .flatMap(({ instances }) => instances)
    .flatMap(({ verdict }) => (verdict.kind === 'proved' ? [verdict.checked] : []));
  if (checked.length === 0) return undefined;
  const by = checked.filter(Boolean).length;
  const about =
    arithmetic === 'deployed'
      ? 'for the deployed float32 network, in any order of summation'
      : 'in real arithmetic only: rounding of the deployed network is not covered';
  const vouched =
    by === checked.length
      ? 'all checked by the independent checker'
      : by === 0
        ? 'not checked independently'
        : `${count(by)} of them checked by the independent checker`;
  return html`<p class="hint">${plural(checked.length, 'proof')} ${about}; ${vouched}.</p>`;
}
