import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accuracyOf } from '../../../corpora/train/measure.js';
import { models } from '../../../corpora/train/models.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { bytesOf, digits, entryOf, folder, manifest, modelOf } from './committed.js';

/** What the example models must reach, whatever the recipe. */
const leastAccuracy: Record<string, number> = {
  'digits-mlp': 0.96,
  'digits-cnn': 0.96,
  'digits-mlp-robust': 0.9,
  'digits-cnn-int8': 0.94,
  'digits-unsafe': 0.96,
};
const names = Object.keys(models);
/** Another CPU sums in another order, which may turn a digit between two classes. */
const oneDigit = 1.001 / digits.test.labels.length;

test('every file is listed, and every listed file is there', () => {
  const listed = [...manifest.data, ...manifest.models].map(({ file }) => file);
  const present = readdirSync(folder).filter((file) => /\.(onnx|npz)$/.test(file));
  expect(listed.toSorted()).toEqual(present.toSorted());
  expect(names.map((name) => `${name}.onnx`)).toEqual(manifest.models.map(({ file }) => file));
});

test.each([...manifest.data, ...manifest.models])('$file is the file of the manifest', (entry) => {
  const bytes = bytesOf(entry.file);
  expect(bytes.length).toBe(entry.bytes);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
  expect(entry.licence).not.toBe('');
});

test.each(names)('%s has the accuracy of the manifest, and enough', async (name) => {
  const { testAccuracy } = entryOf(name);
  const measured = await accuracyOf(bytesOf(`${name}.onnx`), digits.test, createInlineRuntime());
  expect(Math.abs(measured - testAccuracy)).toBeLessThanOrEqual(oneDigit);
  expect(measured).toBeGreaterThanOrEqual(leastAccuracy[name] ?? 1);
});

test.each(names)('%s takes images and gives ten scores', (name) => {
  const model = modelOf(name);
  const [input, output] = [model.graph.inputs, model.graph.outputs];
  expect(input).toEqual([{ name: 'image', dtype: 'float32', shape: ['batch', 1, 8, 8] }]);
  const scores = name === 'digits-unsafe' ? 'log_probabilities' : 'logits';
  expect(output).toEqual([{ name: scores, dtype: 'float32', shape: ['batch', 10] }]);
  expect(model.opsets.get('')).toBe(entryOf(name).opset);
});

test.each(names)('%s survives decoding and encoding byte for byte', (name) => {
  expect(Buffer.from(encodeModel(modelOf(name))).equals(bytesOf(`${name}.onnx`))).toBe(true);
});
