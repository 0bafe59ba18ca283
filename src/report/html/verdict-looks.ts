// How each verdict looks: a mark beside the colour, since not everybody tells colours apart.
import type { PropertyReport } from '../../findings/report.js';
import type { VerdictKind } from '../../findings/verdict.js';
import { count } from '../words.js';
import { acceptedCount } from './demands.js';
import { html, type Markup } from './markup.js';

/** From good to bad, as bars have them; the client has the same order. */
export const verdictKinds = ['proved', 'tested', 'unknown', 'violated'] as const satisfies VerdictKind[];

export const verdictMarks: Readonly<Record<VerdictKind, string>> = {
  proved: '✓',
  tested: '○',
  unknown: '?',
  violated: '✗',
};

type Judged = Pick<PropertyReport, 'status' | 'severity'>;

/** A failure that is only reported looks like what it is. */
export function statusMark({ status, severity }: Judged): Markup {
  if (status === 'passed') return html`<span class="mark passed" role="img" aria-label="passed">✓</span>`;
  return severity === 'warning'
    ? html`<span class="mark warned" role="img" aria-label="failed, a warning">!</span>`
    : html`<span class="mark failed" role="img" aria-label="failed">✗</span>`;
}

/** `✓ 512 proved  ✗ 28 violated (3 accepted)`. */
export const verdictLegend = (property: PropertyReport): Markup =>
  html`<ul class="legend">${verdictKinds
    .filter((kind) => property.verdicts[kind] > 0)
    .map(
      (kind) =>
        html`<li class="${kind}"><span class="key" aria-hidden="true">${verdictMarks[kind]}</span>${count(property.verdicts[kind])} ${kind}${kind === 'violated' ? acceptedWords(property) : ''}</li>`,
    )}</ul>`;

function acceptedWords(property: PropertyReport): string {
  const accepted = acceptedCount(property);
  return accepted === 0 ? '' : ` (${count(accepted)} accepted)`;
}
