// Findings of assertions and of VNN-LIB files, written, read back and judged again without the policy.
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { createEvidence } from '../../../../src/cli/check/evidence.js';
import { climb } from '../../../../src/cli/check/ladder.js';
import { judgeOf } from '../../../../src/cli/findings/judge.js';
import { createFindingOpener } from '../../../../src/cli/findings/open.js';
import { subjectOf } from '../../../helpers/checking.js';
import { type Dense, mlpModel } from '../../../helpers/mlps.js';
import { inline } from '../../../helpers/programs.js';

/** y = (x0, x1). */
const identity = () => {
  const layer: Dense = { weight: float32([1, 0, 0, 1], [2, 2]), bias: undefined };
  return mlpModel([layer], ['batch', 2]);
};

async function found(property: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-finding-'));
  const budget = { executions: 500, seconds: 30 };
  const subject = await subjectOf({
    files: [identity()],
    rows: [[0.5, -0.25]],
    range: [-1, 1],
    property: { model: 'm0', budget, ...property },
  });
  const evidence = createEvidence(folder, 'out', 1);
  const clock = () => performance.now();
  const signal = new AbortController().signal;
  const report = await climb(subject, {
    runtime: inline,
    evidence,
    proofs: undefined,
    results: undefined,
    cwd: folder,
    seed: 1,
    clock,
    signal,
    progress: () => {},
  });
  const [instance] = report.instances;
  if (instance?.verdict.kind !== 'violated') throw new Error(`nothing was found: ${instance?.verdict.kind}`);
  const { witness } = instance.verdict;
  const open = () =>
    createFindingOpener(inline)(resolve(folder, witness.finding ?? expect.fail('it is saved')));
  return { open, witness };
}

test('an assertion keeps its meaning without names and rows', async () => {
  const { open, witness } = await found({
    kind: 'assert',
    linfEpsilon: 0.25,
    assume: 'x[1] > row[1]',
    assert: 'abs(y[0] - row[0]) < 0.2 and predicted == 0',
  });
  const opened = await open();
  expect(witness.summary).toBe('abs(y[0] - row[0]) < 0.2 and predicted == 0 does not hold');
  expect(opened.finding).toMatchObject({
    kind: 'expression',
    objective: 'assert',
    expression: 'x[1] > (-0.25) implies abs(y[0] - 0.5) < 0.2 and 0 == 0',
    propertyFile: null,
  });
  const judge = judgeOf(opened, inline);
  expect(await judge.one(opened.input)).toMatchObject({ violated: true });
  const rows = [...opened.input, 0.5, 0.5, 0.9, -0.5];
  expect(await judge.rows(Float32Array.from(rows))).toEqual([true, false, false]);
});

test('a VNN-LIB file is read again, and a change of it is told', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'marauder-vnnlib-')), 'p.vnnlib');
  const declared = ['X_0', 'X_1', 'Y_0', 'Y_1'].map((name) => `(declare-const ${name} Real)`);
  const box = [0, 1].map((at) => `(>= X_${at} 0) (<= X_${at} 1)`).join(' ');
  writeFileSync(file, `${declared.join('\n')}\n(assert (and ${box} (> Y_0 0.75)))\n`);
  const { open, witness } = await found({ kind: 'vnnlib', data: undefined, file });
  expect(witness.summary).toBe('a counterexample: what the file asks for is satisfied');
  const opened = await open();
  expect(opened).toMatchObject({
    finding: { kind: 'vnnlib', objective: 'vnnlib', expression: null },
    changed: [],
  });
  const judge = judgeOf(opened, inline);
  expect(await judge.one(opened.input)).toMatchObject({ violated: true });
  // On the bound, which is strict; inside; outside of the box.
  expect(await judge.rows(Float32Array.of(0.75, 0, 0.8, 0, 2, 0))).toEqual([false, true, false]);
  appendFileSync(file, '; more\n');
  expect((await open()).changed).toEqual(['its property file']);
});
