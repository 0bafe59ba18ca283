import { expect, test } from 'vitest';
import { modelOf as build } from '../../../corpora/train/export.js';
import { ROBUST_EPSILON } from '../../../corpora/train/models.js';
import { provableShare } from '../../../corpora/train/provable.js';
import { float32 } from '../../../src/base/tensor.js';
import { node } from '../onnx/fixtures.js';
import { digits, entryOf, modelOf } from './committed.js';

test('enough test digits of the robust model are proved, as many as the manifest says', () => {
  const share = provableShare(modelOf('digits-mlp-robust').graph, digits.test, ROBUST_EPSILON);
  expect(share).toBe(entryOf('digits-mlp-robust').figures.provableShare);
  expect(share).toBeGreaterThanOrEqual(0.75);
});

test('at radius 0 the provable share is the accuracy', () => {
  const share = provableShare(modelOf('digits-mlp-robust').graph, digits.test, 0);
  expect(share).toBeCloseTo(entryOf('digits-mlp-robust').testAccuracy, 6);
});

test('a margin that grows with one pixel is proved exactly as far as it reaches', () => {
  // logit 0 = pixel 0, all others 0.3: class 0 holds while the pixel, 0.5 here, stays above 0.3.
  const weight = new Float32Array(640);
  weight[0] = 1;
  const bias = Float32Array.from({ length: 10 }, (_, at) => (at === 0 ? 0 : 0.3));
  const constants = new Map([
    ['w', float32(weight, [10, 64])],
    ['b', float32(bias)],
  ]);
  const { graph } = build('m', [node('g', 'Gemm', ['image', 'w', 'b'], ['logits'])], constants, []);
  const samples = { images: float32(new Float32Array(64).fill(0.5), [1, 1, 8, 8]), labels: Uint8Array.of(0) };
  expect(provableShare(graph, samples, 0.19)).toBe(1);
  expect(provableShare(graph, samples, 0.21)).toBe(0);
});

test('a graph with other operators is refused, not bounded wrongly', () => {
  expect(() => provableShare(modelOf('digits-cnn').graph, digits.test, 0.01)).toThrow('Conv is not bounded');
});
