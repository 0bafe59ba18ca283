import { expect, test } from 'vitest';
import { adamRate, adamStep } from '../../../corpora/train/adam.js';
import { networkModel } from '../../../corpora/train/export.js';
import { ibpLoss } from '../../../corpora/train/ibp-loss.js';
import { type Loss, plainLoss } from '../../../corpora/train/loss.js';
import { cnn, mlp, type Network } from '../../../corpora/train/network.js';
import { type Recipe, train } from '../../../corpora/train/train.js';
import { float32, rows, toNumbers } from '../../../src/base/tensor.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { evaluate } from '../../../src/program/compile.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import { digits } from './committed.js';

const few = { images: rows(digits.train.images, 0, 256), labels: digits.train.labels.subarray(0, 256) };
const recipeOf = (network: Network, loss: Loss): Recipe => ({
  network,
  loss,
  epochs: 8,
  batchSize: 64,
  learningRate: () => 3e-3,
  shiftPixels: 0.3,
  seed: 7,
});
const recipes = {
  'an MLP': recipeOf(mlp(64, 32, 10), plainLoss()),
  'a CNN': recipeOf(cnn(8, 16, 32), plainLoss()),
  'an MLP with interval bounds': recipeOf(
    mlp(64, 32, 10),
    ibpLoss(
      () => 0.5,
      () => 0.02,
    ),
  ),
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each(Object.entries(recipes))(
  'training %s twice gives equal bytes, and lowers the loss',
  async (_, recipe) => {
    const runs = [
      await train(recipe, few, createInlineRuntime()),
      await train(recipe, few, createInlineRuntime()),
    ];
    const files = runs.map(({ weights }) =>
      Buffer.from(encodeModel(networkModel('m', recipe.network, weights))),
    );
    expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true);
    const losses = runs[0]?.losses ?? [];
    expect(mean(losses.slice(-4))).toBeLessThan(0.9 * mean(losses.slice(0, 4)));
  },
);

test('the first step of Adam has the size of the learning rate in every coordinate', async () => {
  const p = new Program();
  const vector = (...values: number[]) => p.constant(float32(values));
  const state = { flat: vector(1, 1, 1), mean: vector(0, 0, 0), square: vector(0, 0, 0) };
  const { flat } = adamStep(p, state, vector(5, -0.01, 0), p.scalar('float32', adamRate(0.1, 1)));
  const [a = 0, b = 0, c = 0] = toNumbers(
    (await evaluate(p, { flat }, createInlineRuntime())).flat ?? float32([]),
  );
  expect(a).toBeCloseTo(0.9, 4);
  expect(b).toBeCloseTo(1.1, 4);
  expect(c).toBe(1);
});
