// From a report to a baseline and from a baseline to the next run, without running anything.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBaseline } from '../../../src/cli/baseline.js';
import { createAccepting } from '../../../src/cli/check/accepting.js';
import type { Io } from '../../../src/cli/options.js';
import { baselineJsonSchema } from '../../../src/findings/baseline-schema.js';
import { judged } from '../../../src/findings/gate.js';
import type { PropertyReport, RunReport } from '../../../src/findings/report.js';
import { json } from '../../../src/report/json.js';
import { plain } from '../../../src/report/style.js';
import { reports } from '../../golden/reports.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-baseline-'));
  mkdirSync(join(folder, 'specs'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const policy = 'specs/digits.policy.yaml';
const baselineFile = 'specs/marauder-baseline.json';
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const read = () => JSON.parse(readFileSync(join(folder, baselineFile), 'utf8'));
const io = (): Io => {
  const { signal } = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  return { stdout, stderr, style: plain, errorStyle: plain, cwd: folder, env: {}, clock: () => 0, signal };
};
async function accept(report: RunReport, reason?: string): Promise<string> {
  write('report.json', json.render(report));
  const world = io();
  await runBaseline({ policy, report: 'report.json', output: undefined, reason }, world);
  return String((world.stdout as PassThrough).read());
}
const accepting = (strict = false, named?: string) => {
  const models = new Map([['mlp', { name: 'mlp', file: join(folder, 'corpora/mlp.onnx') }]]);
  const options = { baseline: named, strictBaseline: strict };
  return createAccepting(options, { models } as never, join(folder, policy), folder);
};
const violatedRows = (property: PropertyReport | undefined) =>
  property?.instances.filter(({ verdict }) => verdict.kind === 'violated').map(({ instance }) => instance);
const [robust] = reports.failing.properties as readonly [PropertyReport, ...PropertyReport[]];

test('violations of failed properties are written, with model files relative to the baseline', async () => {
  const printed = await accept(reports.failing, 'known');
  expect(printed).toBe(
    '6 accepted violations (6 new entries, 0 kept, 0 dropped)  specs/marauder-baseline.json\n',
  );
  const { schemaVersion, accepted } = read();
  expect(schemaVersion).toBe(1);
  expect(accepted[0]).toEqual({
    property: 'cnn-robust',
    instance: 'row 13',
    models: ['../corpora/mlp.onnx'],
    reason: 'known',
  });
  expect(accepted.map(({ instance }: { instance: string }) => instance)).toEqual([
    ...(violatedRows(robust) ?? []),
    'input range',
  ]);
});

test('a property that passes with some violations needs no entry', async () => {
  await accept({ ...reports.failing, properties: [{ ...robust, status: 'passed' }] });
  expect(read().accepted).toEqual([]);
});

test('written again: reasons are kept, what holds now is dropped', async () => {
  await accept(reports.failing, 'first');
  const [one, ...others] = robust.instances.filter(({ verdict }) => verdict.kind === 'violated');
  const tested = robust.instances.find(({ verdict }) => verdict.kind === 'tested')?.verdict;
  const unknown = robust.instances.find(({ verdict }) => verdict.kind === 'unknown')?.verdict;
  if (!one || !tested || !unknown) throw new Error('the sample has none');
  const instances = [
    { ...one, verdict: tested },
    ...others.map((other, at) => (at === 0 ? { ...other, verdict: unknown } : other)),
    { ...one, instance: 'row 99' },
  ];
  const printed = await accept({ ...reports.failing, properties: [{ ...robust, instances }] }, 'second');
  expect(printed).toContain('5 accepted violations (1 new entry, 4 kept, 2 dropped)');
  expect(read().accepted.map(({ reason }: { reason: string }) => reason)).toEqual([
    ...Array.from({ length: 4 }, () => 'first'),
    'second',
  ]);
});

test('of a part of a run nothing is accepted: entries of the other parts would be lost', async () => {
  await accept(reports.failing);
  const before = read();
  await expect(accept({ ...reports.failing, shard: { index: 2, count: 3 } })).rejects.toThrow(
    /report.json: is the report of part 2 of 3 of a run/,
  );
  expect(read()).toEqual(before);
});

describe('the next run', () => {
  test('passes with what was accepted, and fails with a violation more', async () => {
    await accept(reports.failing);
    const own = { ...robust, share: { reached: 0, required: 1 }, unknownPasses: true };
    const accepted = accepting().accept(own);
    expect(accepted.status).toBe('passed');
    expect(accepted.instances.filter((one) => one.accepted)).toHaveLength(5);
    expect(accepting().summary([accepted])).toMatchObject({ file: baselineFile, accepted: 5, strict: false });
    const [violated] = robust.instances.filter(({ verdict }) => verdict.kind === 'violated');
    const more = { ...own, instances: [...own.instances, { ...violated, instance: 'row 77' }] };
    expect(accepting().accept(more as PropertyReport).status).toBe('failed');
  });

  test('entries that accept nothing are stale, with the reason', async () => {
    await accept(reports.failing);
    const [first] = robust.instances;
    const rows = robust.instances.filter(({ instance }) => instance !== 'row 14');
    const now = { ...robust, instances: rows.map((one) => ({ ...one, verdict: first?.verdict })) };
    const property = judged(now as PropertyReport);
    const summary = accepting(true).summary([property]);
    expect(summary).toMatchObject({ accepted: 0, strict: true });
    expect(summary?.stale.map(({ instance, why }) => `${instance} ${why}`)).toEqual([
      'row 13 not-violated',
      'row 14 no-instance',
      'row 15 not-violated',
      'row 16 not-violated',
      'row 17 not-violated',
      'input range no-property',
    ]);
    const others = accepting().summary([{ ...property, models: ['cnn'] }]);
    expect(others?.stale[0]?.why).toBe('other-models');
  });

  test('a violation of other model files is not accepted', async () => {
    await accept(reports.failing);
    expect(accepting().accept({ ...robust, models: ['cnn'] }).instances).toEqual(robust.instances);
  });

  test('what is unknown keeps its entry', async () => {
    await accept(reports.failing);
    const unknown = robust.instances.find(({ verdict }) => verdict.kind === 'unknown')?.verdict;
    const now = { ...robust, instances: robust.instances.map((one) => ({ ...one, verdict: unknown })) };
    const stale = accepting().summary([now as PropertyReport])?.stale;
    expect(stale?.map(({ property }) => property)).not.toContain('cnn-robust');
  });

  test('without a baseline nothing is accepted, and a named one must be there', () => {
    expect(accepting().summary([])).toBeNull();
    expect(accepting().accept(robust)).toBe(robust);
    expect(() => accepting(false, 'nowhere.json')).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
    );
  });
});

test.each([
  ['no JSON', '{', 'is not JSON'],
  ['another version', '{"schemaVersion": 2, "accepted": []}', 'schemaVersion'],
  ['an unknown key', '{"schemaVersion": 1, "accepted": [], "acepted": []}', 'acepted'],
  ['an entry without models', '{"schemaVersion": 1, "accepted": [{"property": "p"}]}', 'accepted[0]'],
])('a baseline with %s is refused', (_, text, words) => {
  write(baselineFile, text);
  expect(() => accepting()).toThrow(expect.objectContaining({ code: 'INVALID_BASELINE' }));
  expect(() => accepting()).toThrow(words);
});

test('specs/baseline.schema.json is up to date (npm run schemas)', () => {
  const committed = readFileSync(new URL('../../../specs/baseline.schema.json', import.meta.url), 'utf8');
  expect(committed).toBe(`${JSON.stringify(baselineJsonSchema(), null, 2)}\n`);
});

test('the report of another policy is refused', async () => {
  const other = { ...reports.failing, policy: { ...reports.failing.policy, file: 'other.yaml' } };
  await expect(accept(other)).rejects.toMatchObject({ code: 'INVALID_FINDING' });
});
