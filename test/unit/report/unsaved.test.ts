// Rows whose findings are not kept: every reporter says how many there are, and none a command that cannot work.
import { expect, test } from 'vitest';
import { parseReport } from '../../../src/findings/schema.js';
import { github } from '../../../src/report/github.js';
import { htmlReport } from '../../../src/report/html/index.js';
import { junit } from '../../../src/report/junit.js';
import { markdown } from '../../../src/report/markdown.js';
import { bare } from '../../../src/report/material.js';
import { propertyText } from '../../../src/report/property-text.js';
import { sarif } from '../../../src/report/sarif.js';
import { plain } from '../../../src/report/style.js';
import { propertyOf, reportOf, violated } from '../../helpers/html-reports.js';

const total = 4205;
const kept = 5;
const instances = Array.from({ length: total }, (_, at) => {
  const verdict = violated(-at, `.marauder/findings/good/row-${at}`);
  if (verdict.kind !== 'violated') return expect.fail();
  const finding = at >= total - kept ? verdict.witness.finding : null;
  const witness = { ...verdict.witness, finding, foundBy: 'seed' } as const;
  return { instance: `row ${at}`, verdict: { kind: 'violated', witness } as const };
});
const property = propertyOf(instances, { name: 'good', kind: 'accuracy', findings: kept, status: 'failed' });
const report = reportOf([property]);
const words =
  'and 4,200 more rows in the JSON report, without findings: the policy keeps those of the worst 5';

test('text', () => {
  const text = propertyText(property, plain);
  expect(text.match(/marauder replay .marauder\/findings\/good\/row-\d+$/gm)).toHaveLength(3);
  expect(text).toContain('and 2 more violations in the report\n');
  expect(text).toContain(words);
  expect(text).toContain('4,205 violated');
});

test('GitHub: the worst rows, and one for the others', () => {
  const lines = github.render(report).trim().split('\n');
  expect(lines).toHaveLength(kept + 1);
  expect(lines[0]).toContain('row 4204: ');
  expect(lines.at(-1)).toContain(words);
});

test('SARIF: the same', () => {
  const { results } = JSON.parse(sarif.render(report)).runs[0];
  expect(results).toHaveLength(kept + 1);
  expect(results[0].properties).toMatchObject({ finding: '.marauder/findings/good/row-4204' });
  expect(results.at(-1).message.text).toBe(words);
  expect(results.at(-1).properties).toEqual({ verdict: 'violated' });
});

test('Markdown', () => {
  const lines = markdown
    .render(report)
    .split('\n')
    .filter((line) => line.startsWith('- '));
  expect(lines.filter((line) => line.includes('marauder replay'))).toHaveLength(kept);
  expect(lines.join('\n')).toContain('and 4,200 more rows in the JSON report, without findings');
});

test('JUnit: a case for each row, as of every kind', () => {
  const text = junit.render(report);
  expect(text).toContain(`failures="${total}"`);
  expect(text.match(/marauder replay/g)).toHaveLength(kept);
});

test('HTML: cards of those with a folder, all in the table', () => {
  const page = htmlReport.render(report, bare);
  expect(page.match(/<article class="card"/g)).toHaveLength(kept);
  expect(page).toContain('4,200 more counterexamples are in the table of instances below');
  expect(page).toContain('4,200 of them are rows without a folder: those of the worst 5 are kept');
  expect(page).toContain('replayed, all but 4,200 saved');
});

test('JSON has all of them', () => {
  expect(parseReport(JSON.parse(JSON.stringify(report)), 'r.json').properties[0]?.instances).toHaveLength(
    total,
  );
});
