// The commands as functions: results, events, an early end, and nothing printed.
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MockInstance } from 'vitest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CheckEvent, check, fuzz, loadPolicy, parseReport, prove } from '../../../src/index.js';

const outputDir = mkdtempSync(join(tmpdir(), 'marauder-library-'));
const corpora = new URL('../../../corpora/', import.meta.url).pathname;
const [model, data] = [join(corpora, 'digits-mlp-robust.onnx'), join(corpora, 'digits.npz')];

const near = { kind: 'robustness', model: 'net', data: 'digits', rows: 3 };
const policy = loadPolicy(
  join(outputDir, 'policy.yaml'),
  JSON.stringify({
    version: 1,
    models: { net: model },
    inputs: { range: [0, 1] },
    data: { digits: { file: data, inputs: 'test_images', labels: 'test_labels', scale: 0.0625 } },
    properties: [
      { name: 'near', ...near, linfEpsilon: 0.01, expect: 'proved' },
      { name: 'far', ...near, linfEpsilon: 0.5, expect: 'tested' },
    ],
  }),
);

let written: MockInstance[];
beforeEach(() => {
  written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'));
});
afterEach(() => {
  for (const spy of written) expect(spy).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe('check', () => {
  test('a report, and what happens on the way; a failed gate is no exception, and its findings are saved', async () => {
    const events: CheckEvent[] = [];
    const report = await check(policy, {
      outputDir,
      workers: 1,
      onEvent: (event) => events.push(event),
    });
    expect(parseReport(JSON.parse(JSON.stringify(report)), 'report')).toEqual(report);
    expect(report).toMatchObject({ gate: 'failed', interrupted: false, timing: { workers: 1 } });
    expect(report.properties.map(({ status }) => status)).toEqual(['passed', 'failed']);
    expect(events[0]).toEqual({ kind: 'started', property: 'near' });
    expect(events.at(-1)).toEqual({ kind: 'finished', property: 'far', report: report.properties[1] });
    expect(readdirSync(join(outputDir, 'findings')).sort()).toEqual(['far', 'findings.json']);
    expect(events.some(({ kind }) => kind === 'progress')).toBe(true);
  });

  test('the signal ends it', async () => {
    const report = await check(policy, { outputDir, workers: 1, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ gate: 'failed', interrupted: true });
  });

  test('what cannot be read is an error with a place', async () => {
    expect(() => loadPolicy('p.yaml', 'version: 2')).toThrow(/^p\.yaml:1:10: version/m);
    await expect(check('no-such.yaml')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

test('prove', async () => {
  const property = join(outputDir, 'p.vnnlib');
  const box = Array.from(
    { length: 64 },
    (_, at) => `(declare-const X_${at} Real)(assert (>= X_${at} 0))(assert (<= X_${at} 0.01))`,
  );
  const { writeFileSync } = await import('node:fs');
  const outputs = Array.from({ length: 10 }, (_, at) => `(declare-const Y_${at} Real)`);
  writeFileSync(property, `${box.join('\n')}${outputs.join('\n')}(assert (>= Y_0 1000))\n`);
  const texts: string[] = [];
  const result = await prove(model, property, {
    outputDir,
    workers: 1,
    onEvent: ({ text }) => texts.push(text),
  });
  expect(result).toMatchObject({ verdict: 'proved', checked: true });
});

test('fuzz', async () => {
  const found: string[] = [];
  const rows = {
    file: data,
    inputs: ['test_images'],
    labels: 'test_labels',
    scale: 1 / 16,
    rows: { from: 0, to: 5 },
  };
  const summary = await fuzz(model, {
    data: rows,
    linfEpsilon: 0.4,
    executions: 200,
    workers: 1,
    outputDir,
    onEvent: (event) => {
      if (event.kind === 'found') found.push(event.finding.objective);
    },
  });
  expect(summary.campaigns).toHaveLength(1);
  expect(summary.campaigns[0]?.findings.length).toBeGreaterThan(0);
  expect(new Set(found)).toEqual(new Set(['robustness']));
});
