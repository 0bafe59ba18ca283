// The faults that two of the examples carry on purpose: absent on the test digits, present near them.
import { expect, test } from 'vitest';
import { accuracyOf, outputsOf } from '../../../corpora/train/measure.js';
import { disagreements, runsToNonFinite } from '../../../corpora/train/noise.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { bytesOf, digits, modelOf } from './committed.js';

const runtime = createInlineRuntime();

test('the unsafe model is finite on every digit, with probabilities above the subnormal range', async () => {
  const bytes = bytesOf('digits-unsafe.onnx');
  for (const { images } of Object.values(digits)) {
    const outputs = await outputsOf(bytes, images, runtime);
    // NaN fails every comparison.
    expect(outputs.every((value) => value > -87 && value <= 0)).toBe(true);
  }
});

test('the unsafe model overflows near the digits', async () => {
  const { noisyRunsToNonFinite } = await runsToNonFinite(bytesOf('digits-unsafe.onnx'), digits.test, runtime);
  expect(noisyRunsToNonFinite).toBeGreaterThan(digits.test.labels.length);
});

test('the quantised model stores bytes, classifies like its sibling, and disagrees near the digits', async () => {
  const { constants, nodes } = modelOf('digits-cnn-int8').graph;
  const weights = nodes.flatMap(({ type, inputs }) => (type === 'DequantizeLinear' ? [inputs[0] ?? ''] : []));
  const dtypes = weights.flatMap((name) => constants.get(name)?.dtype ?? []);
  expect(dtypes.toSorted()).toEqual([...Array(4).fill('int32'), ...Array(4).fill('int8')]);
  const files = [bytesOf('digits-cnn.onnx'), bytesOf('digits-cnn-int8.onnx')] as const;
  const [float, int8] = [
    await accuracyOf(files[0], digits.test, runtime),
    await accuracyOf(files[1], digits.test, runtime),
  ];
  expect(Math.abs(float - int8)).toBeLessThan(0.02);
  const { sameLabelShare, noisyDisagreements } = await disagreements(files, digits.test, runtime);
  expect(sameLabelShare).toBeGreaterThan(0.98);
  expect(noisyDisagreements).toBeGreaterThan(0);
});
