// What reporters are given of a finding, read back from the folder that a run writes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { materialIn } from '../../../../src/cli/check/material.js';
import { openModel } from '../../../../src/cli/check/models.js';
import { outputsOf, storedOutputs } from '../../../../src/cli/findings/outputs.js';
import { type FindingParts, writeFinding } from '../../../../src/cli/findings/write.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { plain } from '../../../../src/report/style.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-material-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const parts: FindingParts = {
  property: 'p',
  kind: 'agreement',
  objective: 'agreement',
  cluster: null,
  models: ['double', 'other'].map((name) => ({ name, file: `${name}.onnx`, sha256: 'a'.repeat(64) })),
  target: null,
  row: 0,
  linfEpsilon: 2,
  margin: -1,
  summary: 's',
  foundBy: 'gradient',
  chain: [],
  executions: 1,
  seed: 7,
  expression: null,
  propertyFile: null,
  minimizedFrom: null,
};
const kind = { shape: [1, 2], image: undefined, integer: undefined, range: [0, 9] } as const;
const input = Float32Array.of(1, 2);
const seed = Float32Array.of(3, 0.5);
const material = () => materialIn(folder, { style: plain, policyText: 'version: 1' });

const opened = (name: string, size: number) => {
  const file = join(folder, `${name}.onnx`);
  const doubled = modelOf(['batch', 1, size], [['Mul', ['x', 'two'], 'y']], { two: float32([2]) });
  writeFileSync(file, encodeModel(doubled));
  return openModel({ name, file }, inline);
};

test('inputs, shape, and what each model answers that takes such inputs', async () => {
  const models = [await opened('double', 2), await opened('other', 3)];
  const outputs = storedOutputs(await outputsOf(models, input, seed));
  const finding = writeFinding(join(folder, 'f'), parts, input, seed, kind, { outputs });
  expect(material().witness('f')).toEqual({
    finding,
    shape: [1, 2],
    input,
    seed,
    outputs: [{ shape: [1, 2], atInput: Float32Array.of(2, 4), atSeed: Float32Array.of(6, 1) }, undefined],
  });
  expect(material()).toMatchObject({ style: plain, policyText: 'version: 1' });
});

test('a finding without outputs, or with damaged ones, still has its inputs', () => {
  writeFinding(join(folder, 'f'), parts, input, seed, kind);
  expect(material().witness('f')).toMatchObject({ input, seed, outputs: [undefined, undefined] });
  writeFinding(join(folder, 'g'), parts, input, seed, kind, { outputs: Uint8Array.of(1, 2, 3) });
  expect(material().witness('g')).toMatchObject({ input, outputs: [undefined, undefined] });
});

test('no folder, a damaged one: no witness', () => {
  expect(material().witness('nowhere')).toBeUndefined();
  writeFinding(join(folder, 'f'), parts, input, seed, kind);
  writeFileSync(join(folder, 'f', 'input.npy'), 'damaged');
  expect(material().witness('f')).toBeUndefined();
});
