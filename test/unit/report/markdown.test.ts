// Markdown: text stays text, and no more than GitHub takes.
import { expect, test } from 'vitest';
import type { PropertyReport } from '../../../src/findings/report.js';
import { limitBytes, markdown, markdownText } from '../../../src/report/markdown.js';
import { reports } from '../../golden/reports.js';

const [first] = reports.failing.properties as readonly [PropertyReport, ...PropertyReport[]];

test('names and messages are no markup', () => {
  const claim = 'a|b\n# <img src=x> @someone [x](y) *z* `code` &amp;';
  const text = markdown.render({ ...reports.failing, properties: [{ ...first, claim, name: 'a|`b`' }] });
  const [, row] = text.split('\n').filter((line) => line.startsWith('| '));
  expect(row?.replaceAll('\\|', '').split('|')).toHaveLength(8);
  expect(text).toContain(
    'a\\|b \\# \\<img src=x\\> &#64;someone \\[x\\]\\(y\\) \\*z\\* \\`code\\` &amp;amp;',
  );
});

test('a few shortfalls of each property, and how many more there are', () => {
  const instances = [...first.instances, ...first.instances];
  const text = markdown.render({ ...reports.failing, properties: [{ ...first, instances }] });
  expect(text.match(/^- row /gm)).toHaveLength(10);
  expect(text).toContain('- and 4 more in the JSON report');
});

test('a summary that is too long is cut at a line, with a notice', () => {
  const properties = Array.from({ length: 100 }, (_, at) => ({ ...first, name: `π-${at}` }));
  const allowed = 20_000;
  const text = markdownText({ ...reports.failing, properties }, allowed);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(allowed);
  expect(Buffer.byteLength(text)).toBeGreaterThan(allowed - 1000);
  expect(limitBytes).toBe(1_048_576);
  expect(text).toMatch(/\n\nThe rest is left out: .*\n$/);
});
