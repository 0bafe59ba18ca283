// How each verdict looks: a mark beside the colour, since not everybody tells colours apart.
import type { PropertyReport } from '../../findings/report.js';
import type { VerdictKind } from '../../findings/verdict.js';
import { count } from '../words.js';
import { html, type Markup } from './markup.js';

/** From good to bad, as bars have them; the client has the same order. */
export const verdictKinds = ['proved', 'tested', 'unknown', 'violated'] as const satisfies VerdictKind[];

export const verdictMarks: Readonly<Record<VerdictKind, string>> = {
  proved: '✓',
  tested: '○',
  unknown: '?',
  violated: '✗',
};

export const statusMark = (status: PropertyReport['status']): Markup =>
  status === 'passed'
    ? html`<span class="mark passed" role="img" aria-label="passed">✓</span>`
    : html`<span class="mark failed" role="img" aria-label="failed">✗</span>`;

/** `✓ 512 proved  ✗ 28 violated`. */
export const verdictLegend = (verdicts: PropertyReport['verdicts']): Markup =>
  html`<ul class="legend">${verdictKinds
    .filter((kind) => verdicts[kind] > 0)
    .map(
      (kind) =>
        html`<li class="${kind}"><span class="key" aria-hidden="true">${verdictMarks[kind]}</span>${count(verdicts[kind])} ${kind}</li>`,
    )}</ul>`;
