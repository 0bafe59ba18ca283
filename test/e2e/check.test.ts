// What a newcomer sees: the demo passes, its unsafe sibling fails, and every finding can be run again.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RunReport } from '../../src/findings/report.js';
import { type Called, inRoot, smallPolicy, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const property = (report: RunReport, name: string) => {
  const found = report.properties.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no property ${name}`);
  return found;
};
const verdictsOf = (report: RunReport, name: string) => property(report, name).verdicts;

describe('specs/digits.policy.yaml', () => {
  let outcome: Called;
  beforeAll(async () => {
    const started = performance.now();
    outcome = await bench.call('check', inRoot('specs/digits.policy.yaml'), '--report', 'demo.json');
    console.log(`the demo's check took ${((performance.now() - started) / 1000).toFixed(1)} s`);
  });

  test('passes, with proofs for the robust network and tests for the other', () => {
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const report = bench.report('demo.json');
    expect(report.gate).toBe('passed');
    expect(verdictsOf(report, 'robust-digits').proved).toBeGreaterThanOrEqual(0.75 * 540);
    expect(verdictsOf(report, 'finite-everywhere')).toMatchObject({ proved: 1 });
    expect(verdictsOf(report, 'cnn-robust').tested).toBeGreaterThanOrEqual(0.9 * 540);
    expect(property(report, 'cnn-robust').executions).toBeLessThanOrEqual(400_000);
  });

  test('says so: one line per property, a summary, the path of the report', () => {
    for (const line of [
      /✓ robust-digits {2,}proved/,
      /✓ cnn-robust {2,}tested/,
      /Gate {2}passed/,
      /Report {2}demo.json/,
    ])
      expect(outcome.stdout).toMatch(line);
  });

  test('its report is what the committed JSON Schema describes', () => {
    const schema = JSON.parse(readFileSync(inRoot('specs/report.schema.json'), 'utf8'));
    const committed = z.fromJSONSchema(schema);
    const report = JSON.parse(bench.read('demo.json'));
    expect(committed.safeParse(report)).toMatchObject({ success: true });
    expect(committed.safeParse({ ...report, gate: 'perhaps' })).toMatchObject({ success: false });
  });
});

describe('specs/digits-unsafe.policy.yaml, in short', () => {
  let outcome: Called;
  beforeAll(async () => {
    const policy = readFileSync(inRoot('specs/digits-unsafe.policy.yaml'), 'utf8')
      .replaceAll('../corpora/', inRoot('corpora/'))
      .replace(/executions: \d+/g, 'executions: 40000');
    const reports = ['json=unsafe.json', 'sarif=unsafe.sarif', 'junit=unsafe.xml', 'github=unsafe.txt'];
    const options = reports.flatMap((report) => ['--reporter', report]);
    outcome = await bench.call('check', bench.write('unsafe.policy.yaml', policy), ...options);
  });

  test('writes every report that was asked for', () => {
    expect(outcome.stdout).toMatch(/Reports {2}unsafe\.json, unsafe\.sarif, unsafe\.xml, unsafe\.txt\n/);
    const violations = findings().length;
    expect(JSON.parse(bench.read('unsafe.sarif')).runs[0].results).toHaveLength(violations);
    expect(bench.read('unsafe.xml').match(/<failure /g)).toHaveLength(violations);
    expect(bench.read('unsafe.txt')).toMatch(
      /^::error file=unsafe\.policy\.yaml,line=\d+,col=\d+,title=unsafe-/,
    );
  });

  test('its violations can be accepted', async () => {
    const { status, stdout } = await bench.call(
      'baseline',
      'unsafe.policy.yaml',
      '--report=unsafe.json',
      '--output=b.json',
    );
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('0 dropped') });
    const { accepted } = JSON.parse(bench.read('b.json'));
    expect(accepted).toHaveLength(findings().length);
  });

  const findings = () =>
    bench
      .report('unsafe.json')
      .properties.flatMap(({ instances }) => instances)
      .flatMap(({ verdict }) => (verdict.kind === 'violated' ? [verdict.witness] : []));

  test('fails: a value that is not finite, a disagreement, a changed class', () => {
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    const report = bench.report('unsafe.json');
    expect(report).toMatchObject({ gate: 'failed', interrupted: false });
    for (const { name, status, verdicts } of report.properties)
      expect({ name, status, violated: verdicts.violated > 0 }).toEqual({
        name,
        status: 'failed',
        violated: true,
      });
    const summaries = findings().map(({ summary }) => summary);
    for (const words of [
      /first appears in/,
      /cnn says class \d, int8 says class \d/,
      /class \d instead of class \d/,
    ])
      expect(summaries.some((summary) => words.test(summary))).toBe(true);
  });

  test('every finding violates its property again', async () => {
    const { status, stdout } = await bench.call(
      'replay',
      ...findings().flatMap(({ finding }) => finding ?? []),
    );
    const total = findings().length;
    expect(total).toBeGreaterThan(10);
    expect(status).toBe(1);
    expect(stdout.match(/^✗ violated/gm)).toHaveLength(total);
    expect(stdout).toContain(`${total} of ${total} findings still violated`);
  });

  test('witnesses are within their distance, as the report says it', () => {
    const witnesses = property(bench.report('unsafe.json'), 'mlp-robust').instances.flatMap(({ verdict }) =>
      verdict.kind === 'violated' ? [verdict.witness] : [],
    );
    for (const { linfDistance, margin } of witnesses) {
      expect(linfDistance).toBeLessThanOrEqual(0.1);
      expect(margin).toBeLessThanOrEqual(0);
    }
  });
});

describe('a finding that is no longer as it was', () => {
  const find = async (): Promise<string> => {
    const policy = bench.write('own/p.json', smallPolicy({ models: { mlp: './net.onnx' } }));
    bench.write('own/net.onnx', readFileSync(inRoot('corpora/digits-mlp.onnx')));
    await bench.call('check', policy, '--output-dir', 'own/out');
    const [id] = readdirSync(bench.path('own/out/findings/small'));
    return `own/out/findings/small/${id}`;
  };

  test('another model', async () => {
    const finding = await find();
    expect(await bench.call('replay', finding)).toMatchObject({ status: 1, stderr: '' });
    bench.write('own/net.onnx', readFileSync(inRoot('corpora/digits-mlp-robust.onnx')));
    const { status, stdout } = await bench.call('replay', finding);
    expect(stdout).toContain('model "mlp" has changed since the finding was saved');
    expect(status).toBe(/✓ holds now/.test(stdout) ? 0 : 1);
  });

  test('another input, another class, another file', async () => {
    const finding = await find();
    const input = bench.path(`${finding}/input.npy`);
    const bytes = readFileSync(input);
    writeFileSync(input, Buffer.concat([bytes.subarray(0, -256), Buffer.alloc(256)]));
    expect((await bench.call('replay', finding)).stdout).toContain(
      'its input has changed since the finding was saved',
    );
    writeFileSync(input, bytes.subarray(0, -3));
    expect(await bench.call('replay', finding)).toMatchObject({ status: 2, stdout: '' });
    writeFileSync(input, bytes);
    const saved = bench.read(`${finding}/finding.json`);
    bench.write(`${finding}/finding.json`, saved.replace(/"target": \d+/, '"target": 99'));
    expect((await bench.call('replay', finding)).stderr).toContain('a target class that the model has');
    bench.write(`${finding}/finding.json`, saved.slice(20));
    expect((await bench.call('replay', finding)).stderr).toMatch(/^error\[INVALID_FINDING\].*is not JSON/);
    expect((await bench.call('replay', 'own/nowhere')).stderr).toMatch(/^error\[FILE_NOT_FOUND\]/);
  });
});
