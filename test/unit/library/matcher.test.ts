// The matcher of docs/library.md, as it stands there.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
// begin
import { check, type RunReport } from '../../../src/index.js';

expect.extend({
  toPass(report: RunReport) {
    const failed = report.properties.filter(({ status }) => status === 'failed');
    const lines = failed.map(({ name, claim, verdicts }) => `${name}: ${claim}: ${JSON.stringify(verdicts)}`);
    return { pass: report.gate === 'passed', message: () => `the gate failed:\n${lines.join('\n')}` };
  },
});

declare module 'vitest' {
  interface Matchers {
    toPass(): void;
  }
}

test('the model keeps its policy', async () => {
  expect(await check('model.policy.yaml')).toPass();
}, 60_000);
// end

const start = process.cwd();
const folder = new URL('fixtures/', import.meta.url).pathname;
beforeAll(() => process.chdir(folder));
afterAll(() => process.chdir(start));

test('what it says of a failed gate', async () => {
  const report = { ...(await check('model.policy.yaml')), gate: 'failed' as const };
  const [property] = report.properties;
  if (property === undefined) throw new Error('no property');
  const failed = { ...report, properties: [{ ...property, status: 'failed' as const }] };
  expect(() => expect(failed).toPass()).toThrow(/the gate failed:\nfinite: every value/);
});

test('the documentation has this very text', () => {
  const own = readFileSync(new URL(import.meta.url), 'utf8');
  const [, text = ''] = /\/\/ begin\n(.*)\/\/ end\n/s.exec(own) ?? [];
  const docs = readFileSync(new URL('../../../docs/library.md', import.meta.url), 'utf8');
  expect(docs).toContain(text.replace('../../../src/index.js', 'marauder'));
});
