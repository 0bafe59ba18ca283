// The policy as it was written, with a mark at each property.
import type { PropertyReport, RunReport } from '../../findings/report.js';
import { oneLine, shareWords } from '../words.js';
import { html, type Markup } from './markup.js';
import { marksOf } from './policy-marks.js';

export function policySection(report: RunReport, text: string | undefined): Markup | undefined {
  if (text === undefined) return undefined;
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const marks = marksOf(report, lines);
  return html`<section id="policy" class="panel">
<h2>Policy</h2>
<p class="hint">${oneLine(report.policy.file)}</p>
<div class="code" tabindex="0" role="region" aria-label="Text of the policy"><ol>${lines.map((line, at) => {
    const own = marks.filter((mark) => mark.line === at + 1);
    const inside = marks.findLast((mark) => mark.line <= at + 1 && at + 1 <= mark.end);
    return html`<li${inside === undefined ? undefined : html` class="${inside.property.status}"`}><code>${colored(line)}</code>${own.map(({ property, place }) => verdictOf(property, place))}</li>`;
  })}</ol></div>
</section>`;
}

const verdictOf = ({ status, severity, share, instances, expect }: PropertyReport, place: number): Markup =>
  html` <a class="verdict ${status}" href="#p${place}">${status === 'passed' ? '✓' : severity === 'warning' ? '!' : '✗'} ${status}${status === 'failed' && severity === 'warning' ? ' (warning)' : ''}${instances.length > 1 ? `: ${expect} ${shareWords(share)}` : ''}</a>`;

/** Comments fainter and keys stronger, line by line: a help for the eye that need not be right everywhere. */
function colored(line: string): Markup {
  const [, before = '', key = '', after = ''] = /^(\s*(?:- )?)([\w.-]+)(?=:)(.*)$/.exec(line) ?? [
    '',
    '',
    '',
    line,
  ];
  const [, value = '', comment = ''] = /^(.*?)((?:^|\s)#.*)?$/.exec(after) ?? ['', after];
  return html`${before}${key === '' ? undefined : html`<b>${key}</b>`}${value}${comment === '' ? undefined : html`<i>${comment}</i>`}`;
}
