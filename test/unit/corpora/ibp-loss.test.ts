import { expect, test } from 'vitest';
import { adam } from '../../../corpora/train/adam.js';
import { ibpLoss, ramp } from '../../../corpora/train/ibp-loss.js';
import { type Loss, plainLoss } from '../../../corpora/train/loss.js';
import { initialise, mlp } from '../../../corpora/train/network.js';
import { compileStep, startState } from '../../../corpora/train/step.js';
import { createRng } from '../../../src/base/rng.js';
import { rows } from '../../../src/base/tensor.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { digits } from './committed.js';

const network = mlp(64, 16, 16, 10);
const state = startState(initialise(network, createRng(3)));
const batch = { images: rows(digits.train.images, 0, 32), labels: digits.train.labels.subarray(0, 32) };
const moment = { step: 1, progress: 0, learningRate: 1e-3 };

/** Loss at the start of training. */
async function lossOf(loss: Loss, images = batch.images): Promise<number> {
  const step = await compileStep({ network, loss, optimiser: adam }, images.shape, createInlineRuntime());
  return (await step(state, { ...batch, images }, moment)).loss;
}
const worst = (epsilon: number) =>
  ibpLoss(
    () => 0,
    () => epsilon,
  );

test('without a radius the worst case is the plain loss', async () => {
  expect(await lossOf(worst(0))).toBeCloseTo(await lossOf(plainLoss()), 5);
});

test('no point of the box has a greater loss than the worst case', async () => {
  const bound = await lossOf(worst(0.05));
  const rng = createRng(4);
  for (let draw = 0; draw < 20; draw++) {
    const moved = batch.images.data.map((x) =>
      Math.min(1, Math.max(0, x + (rng.uniform() < 0.5 ? -0.05 : 0.05))),
    );
    expect(await lossOf(plainLoss(), { ...batch.images, data: moved })).toBeLessThan(bound);
  }
});

test('a ramp is linear between its ends and constant outside', () => {
  const schedule = ramp(1, 3, 0.2, 0.6);
  expect([0, 0.2, 0.4, 0.6, 1].map(schedule)).toEqual([1, 1, 2, 3, 3]);
});
