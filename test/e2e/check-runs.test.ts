// Runs compared with each other, interrupted, and repeated in one folder.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/findings/report.js';
import { loadDataset } from '../../src/policy/data/load.js';
import { inRoot, smallPolicy, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

/** All but the clock, the number of workers, and what was taken over from an earlier run. */
const timeless = ({ timing: _, ...report }: RunReport) => ({
  ...report,
  properties: report.properties.map(({ timing: _, cached: __, ...property }) => property),
});

const hard = smallPolicy({ property: { linfEpsilon: 0.02, rows: 6 } });

describe('equal seeds', () => {
  const run = async (name: string, ...options: string[]) => {
    bench.write('same.json', hard);
    const { status, stderr } = await bench.call(
      'check',
      'same.json',
      '--report',
      `${name}.json`,
      '--output-dir',
      'out',
      '--no-cache',
      ...options,
    );
    expect([0, 1]).toContain(status);
    expect(stderr).toBe('');
    const corpus = readFileSync(bench.path('out/corpus/small.npz'));
    return { report: timeless(bench.report(`${name}.json`)), corpus };
  };

  test('one worker and two give the same report and the same corpus', async () => {
    const [one, two] = [await run('one', '--workers', '1'), await run('two', '--workers', '2')];
    expect(one.report.properties[0]?.fuzzing?.executions).toBeGreaterThan(5_000);
    expect(two.report).toEqual(one.report);
    expect(two.corpus.equals(one.corpus)).toBe(true);
  });

  test('another seed gives another corpus', async () => {
    expect((await run('other', '--seed', '8')).corpus.equals((await run('one')).corpus)).toBe(false);
  });
});

test('the saved corpus is a data set: seeds first, each row within its distance', async () => {
  bench.write('same.json', hard);
  await bench.call('check', 'same.json', '--output-dir', 'saved');
  const load = (file: string, inputs: string, labels: string, scale: number) =>
    loadDataset({ name: 'data', file, at: { file, line: 1, column: 1 }, inputs: [inputs], labels, scale });
  const corpus = await load(bench.path('saved/corpus/small.npz'), 'inputs', 'rows', 1);
  const digits = await load(inRoot('corpora/digits.npz'), 'test_images', 'test_labels', 0.0625);
  expect(corpus.inputs.shape.slice(1)).toEqual([1, 8, 8]);
  const distances = Array.from(corpus.inputs.data, (value, at) =>
    Math.abs(value - (digits.inputs.data[(corpus.labels?.[Math.floor(at / 64)] ?? 0) * 64 + (at % 64)] ?? 9)),
  );
  expect(Math.max(...distances)).toBeLessThanOrEqual(0.02 + 1e-7);
  expect(Math.max(...distances.slice(0, 6 * 64))).toBe(0);
});

test('a second run in the same folder ends in the same files', async () => {
  bench.write('twice/p.json', smallPolicy({ property: { linfEpsilon: 0.1 } }));
  const run = async () => {
    expect(
      (await bench.call('check', 'twice/p.json', '--report', 'twice/r.json', '--output-dir', 'twice/out'))
        .status,
    ).toBe(1);
    const files = readdirSync(bench.path('twice/out'), { recursive: true, encoding: 'utf8' }).sort();
    return { files, report: timeless(bench.report('twice/r.json')) };
  };
  const first = await run();
  expect(first.files.filter((file) => file.endsWith('input.npy')).length).toBeGreaterThan(3);
  expect(await run()).toEqual(first);
  const [property] = bench.report('twice/r.json').properties;
  expect(property?.cached).toMatchObject({
    findings: property?.verdicts.violated,
    executions: property?.executions,
  });
});

describe('Ctrl-C', () => {
  const endless = smallPolicy({
    property: { linfEpsilon: 0.001, rows: undefined, budget: { executions: 1e9, seconds: 600 } },
  });
  const quick = {
    name: 'quick',
    kind: 'finite',
    model: 'mlp',
    expect: 'tested',
    budget: { executions: 100 },
  };
  const policy = JSON.stringify({
    ...JSON.parse(endless),
    properties: [quick, ...JSON.parse(endless).properties, { ...quick, name: 'never' }],
  });
  const printed = (text: string) => text.includes('quick');

  test('ends the run with what is known, which is not enough', async () => {
    bench.write('long.json', policy);
    let [sent, sentAt] = [false, 0];
    const { status, stdout, stderr } = await bench.start(
      ['check', 'long.json', '--report', 'cut.json'],
      (text, kill) => {
        if (sent || !printed(text)) return;
        sent = true;
        // In the middle of the second property's fuzzing.
        setTimeout(() => {
          sentAt = performance.now();
          kill('SIGINT');
        }, 1500);
      },
    );
    expect(performance.now() - sentAt).toBeLessThan(20_000);
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
    expect(stdout).toContain('interrupted: this report is partial');
    const report = bench.report('cut.json');
    expect(report).toMatchObject({ gate: 'failed', interrupted: true });
    expect(report.properties.map(({ name, status }) => [name, status])).toEqual([
      ['quick', 'passed'],
      ['small', 'failed'],
      ['never', 'failed'],
    ]);
    expect(report.properties[1]?.executions).toBeGreaterThan(0);
    // Neither what was fuzzed for a while nor what was not reached counts as tested.
    for (const { verdicts } of report.properties.slice(1)) expect(verdicts.tested).toBe(0);
    const reasons = report.properties[1]?.instances.flatMap(({ verdict }) =>
      verdict.kind === 'unknown' ? [verdict.reason] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['interrupted']));
  });

  test('twice leaves at once, by the signal', async () => {
    bench.write('long.json', policy);
    let sent = false;
    const { status, signal, stderr } = await bench.start(
      ['check', 'long.json', '--report', 'none.json'],
      (text, kill) => {
        if (sent || !printed(text)) return;
        sent = true;
        setTimeout(() => {
          kill('SIGINT');
          kill('SIGTERM');
        }, 1000);
      },
    );
    expect({ status, stderr }).toEqual({ status: null, stderr: '' });
    expect(['SIGINT', 'SIGTERM']).toContain(signal);
    expect(() => bench.read('none.json')).toThrow();
  });
});
