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

test('what it says of a failed gate', () => {
  const verdicts = { proved: 0, violated: 1, tested: 0, unknown: 0 };
  const properties = [{ name: 'finite', claim: 'every value is finite', status: 'failed', verdicts }];
  const failed = { gate: 'failed', properties } as unknown as RunReport;
  expect(() => expect(failed).toPass()).toThrow(/the gate failed:\nfinite: every value is finite/);
});

test('the documentation has this very text', () => {
  const own = readFileSync(new URL(import.meta.url), 'utf8');
  const [, text = ''] = /\/\/ begin\n(.*)\/\/ end\n/s.exec(own) ?? [];
  const docs = readFileSync(new URL('../../../docs/library.md', import.meta.url), 'utf8');
  expect(docs).toContain(text.replace('../../../src/index.js', 'marauder'));
});
