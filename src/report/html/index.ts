// The report as one HTML page that needs nothing else: no network, no fonts, no other files.
import type { RunReport } from '../../findings/report.js';
import type { Material } from '../material.js';
import type { Reporter } from '../reporter.js';
import { oneLine } from '../words.js';
import { filesSection } from './about-run.js';
import { documentOf } from './document.js';
import { hasPassed } from './gate-words.js';
import { html } from './markup.js';
import { header, navigation } from './navigation.js';
import { overview } from './overview.js';
import { policySection } from './policy-text.js';
import { propertySection } from './property-section.js';
import { timeSection } from './stages.js';

/** Characters that pictures may take, over all properties: pages have to open fast, and go through e-mail. */
const pictureCharacters = 4e6;

export const htmlReport = {
  about: 'one page: counterexamples as pictures, plots, marks in the policy',
  render: page,
} satisfies Reporter;

function page(report: RunReport, material: Material): string {
  const { policy, properties, tool } = report;
  const { policyText } = material;
  const allowance = { left: pictureCharacters };
  const passed = hasPassed(report);
  return documentOf({
    title: `${passed ? 'Passed' : 'Failed'}: ${oneLine(policy.file)} · Marauder`,
    generator: `marauder ${tool.version}`,
    passed,
    body: html`${header(policy.file)}
<div class="page">
${navigation(properties, policyText !== undefined)}
<main id="main">
${overview(report)}
${properties.map((property, place) => propertySection(property, place, material, material.features(property.name), allowance))}
${timeSection(report)}
${policySection(report, policyText)}
${filesSection(report)}
</main>
</div>`,
  });
}
