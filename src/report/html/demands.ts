// What the policy demands of a property, and what became of it: severity, share, coverage.
import { isCounted, isReached } from '../../findings/gate.js';
import type { CoverageFloor, PropertyReport } from '../../findings/report.js';
import { oneLine, percent, plural, shareWords } from '../words.js';
import { html, type Markup } from './markup.js';

export function demandList(property: PropertyReport): Markup {
  const { severity, unknownPasses, instances, coverageFloors } = property;
  const discounted = instances.filter((one) => one.discounted === true).length;
  return html`<ul class="demands">
<li${severity === 'warning' ? html` class="warn"` : undefined}>severity: ${severity}</li>
${unknownPasses ? html`<li class="warn">unknown passes</li>` : undefined}
${discounted > 0 ? html`<li class="warn">${plural(discounted, 'proof')} not counted, since ${discounted === 1 ? 'it is' : 'they are'} not checked</li>` : undefined}
<li>${needs(property)}</li>
${coverageFloors.map(floorItem)}
</ul>`;
}

export const acceptedCount = ({ instances }: Pick<PropertyReport, 'instances'>): number =>
  instances.filter((one) => !isCounted(one)).length;

/** Of one instance there are no shares. */
const needs = ({ instances, share, expect }: PropertyReport): string =>
  instances.length > 1 ? `${expect}: ${shareWords(share)}` : `expected ${expect}`;

const floorItem = (floor: CoverageFloor): Markup =>
  isReached(floor)
    ? html`<li><span class="mark passed" role="img" aria-label="reached">✓</span> ${floorWords(floor)}</li>`
    : html`<li><span class="mark failed" role="img" aria-label="not reached">✗</span> ${floorWords(floor)}</li>`;

const floorWords = ({ criterion, reached, required }: CoverageFloor): string =>
  `coverage of ${oneLine(criterion)}: ${reached === null ? `nothing was fuzzed, needs ${percent(required, 4)}` : shareWords({ reached, required })}`;
