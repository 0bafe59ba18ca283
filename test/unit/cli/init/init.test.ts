// The whole of `marauder init`, in process: what it writes is a policy that runs.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { draft } from '../../../../src/cli/init/draft.js';
import { runInit } from '../../../../src/cli/init.js';
import { parsePolicy } from '../../../../src/policy/parse.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { quietIo } from '../../../helpers/io.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-init-'));
const corpora = new URL('../../../../corpora/', import.meta.url).pathname;
const { io, printed } = quietIo(process.cwd());
const options = {
  model: join(corpora, 'digits-mlp-robust.onnx'),
  data: join(corpora, 'digits.npz'),
  inputs: undefined,
  labels: undefined,
  scale: undefined,
  output: join(folder, 'marauder.policy.yaml'),
  force: false,
  workers: 1,
};
const world = { io, runtime: inline, progress: () => {}, measuringMs: 0 };
const file = options.output;

test('a classifier with labelled data', async () => {
  const { text, findings } = await draft(file, options, world);
  const policy = parsePolicy(text, file);
  expect([...policy.data.values()]).toMatchObject([
    { inputs: ['test_images'], labels: 'test_labels', scale: 0.0625 },
  ]);
  expect(policy.inputs.ranges).toEqual([[0, 1]]);
  expect(policy.properties).toMatchObject([
    { kind: 'finite', expect: 'proved' },
    { kind: 'accuracy', expect: 'proved' },
    { kind: 'robustness', expect: 'proved', class: 'label' },
  ]);
  expect(text).toContain('# measured at');
  expect(findings.join('\n')).toContain('540 rows, with labels');
});

test('a model of one output over a table: limits of what the rows give, and examples that parse without their marks', async () => {
  const model = join(folder, 'rent.onnx');
  const w = float32([2, 1], [2, 1]);
  writeFileSync(model, encodeModel(modelOf(['n', 2], [['MatMul', ['x', 'w'], 'y']], { w })));
  const data = join(folder, 'rent.csv');
  writeFileSync(data, 'size,age\n0.5,1\n-0.25,0.5\n0.75,0.25\n');
  const { text } = await draft(file, { ...options, model, data, inputs: ['size', 'age'] }, world);
  const [, range] = parsePolicy(text, file).properties;
  // The rows give 0 to 2.
  expect(range).toMatchObject({ kind: 'range', expect: 'proved', lower: -0.5, upper: 2.5 });
  expect(text).toContain('the rows give 0 to 2');
  const [before = '', examples = ''] = text.split(/^(?= *# For tables)/m);
  const marked = [before, examples.replace(/^#/gm, ' ')];
  expect(parsePolicy(marked.join(''), file).properties).toMatchObject([
    { kind: 'finite' },
    { kind: 'range' },
    { kind: 'monotonic', features: ['size'] },
    { kind: 'fairness' },
  ]);
});

test('without data: finite over a guessed range', async () => {
  const { text } = await draft(file, { ...options, data: undefined }, world);
  expect(text).toMatch(/a guess, from the shape alone/);
  expect(parsePolicy(text, file).properties).toMatchObject([{ kind: 'finite', model: 'digits-mlp-robust' }]);
});

test('a model that cannot be bounded is tested, and the reason stands there', async () => {
  const model = join(folder, 'odd.onnx');
  writeFileSync(model, encodeModel(modelOf(['n', 2], [['Tan', ['x'], ['y']]])));
  writeFileSync(join(folder, 'odd.csv'), 'a,b\n0.5,1\n-0.25,0.5\n');
  const { text } = await draft(file, { ...options, model, data: join(folder, 'odd.csv') }, world);
  expect(parsePolicy(text, file).properties).toMatchObject([{ expect: 'tested' }, { expect: 'tested' }]);
  expect(text).toMatch(/cannot be proved: .*Tan/s);
});

describe('the file', () => {
  test('is not replaced unless asked', async () => {
    writeFileSync(file, 'mine');
    await expect(runInit({ ...options, data: undefined }, io)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await runInit({ ...options, data: undefined, force: true }, io)).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('version: 1');
    expect(printed()).toContain('next: marauder check');
  });
});
