// The training loop: shuffled batches, schedules, a fixed seed. Equal recipes give equal bytes.
import { createRng, type Rng, shuffle } from '../../src/base/rng.js';
import { rowLength } from '../../src/base/shape.js';
import { tensor } from '../../src/base/tensor.js';
import type { Runtime } from '../../src/program/session.js';
import { adam } from './adam.js';
import type { Samples } from './data.js';
import type { Loss, Schedule } from './loss.js';
import { initialise, type Network, type Trained, unpack } from './network.js';
import type { Optimiser } from './optimiser.js';
import { shifted } from './shift.js';
import { compileStep, startState } from './step.js';

export type Recipe = {
  readonly network: Network;
  readonly loss: Loss;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  /** Images are moved by at most this many pixels, at random; 0 for none. */
  readonly shiftPixels: number;
  readonly seed: number;
  /** Parameters at the start; normal with each one's deviation unless told otherwise. */
  readonly initialise?: (network: Network, rng: Rng) => Float32Array;
  /** Adam unless told otherwise. */
  readonly optimiser?: Optimiser;
};

export type Training = { readonly weights: Trained; readonly losses: readonly number[] };

export async function train(recipe: Recipe, samples: Samples, runtime: Runtime): Promise<Training> {
  const { network, batchSize, epochs, seed } = recipe;
  const parts = { network, loss: recipe.loss, optimiser: recipe.optimiser ?? adam };
  const step = await compileStep(parts, [batchSize, ...samples.images.shape.slice(1)], runtime);
  const draws = createRng(seed, 'batches');
  let state = startState((recipe.initialise ?? initialise)(network, createRng(seed, 'weights')));
  const losses: number[] = [];
  const total = epochs * Math.floor(samples.labels.length / batchSize);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const batch of batches(samples, recipe, draws)) {
      const progress = losses.length / total;
      const moment = { step: losses.length + 1, progress, learningRate: recipe.learningRate(progress) };
      const done = await step(state, batch, moment);
      state = done.state;
      losses.push(done.loss);
    }
  }
  return { weights: unpack(network, state.flat.data as Float32Array), losses };
}

/** One epoch. The last rows of the order that do not fill a batch are left out this time. */
function* batches({ images, labels }: Samples, { batchSize, shiftPixels }: Recipe, rng: Rng) {
  const order = shuffle([...labels.keys()], rng);
  const pixels = rowLength(images.shape);
  for (let start = 0; start + batchSize <= order.length; start += batchSize) {
    const data = new Float32Array(batchSize * pixels);
    const picked = order.slice(start, start + batchSize);
    picked.forEach((row, at) => {
      const image = images.data.subarray(row * pixels, (row + 1) * pixels);
      data.set(shiftPixels === 0 ? image : shifted(image, shiftPixels, rng), at * pixels);
    });
    yield {
      images: tensor('float32', [batchSize, ...images.shape.slice(1)], data),
      labels: Uint8Array.from(picked, (row) => labels[row] ?? 0),
    };
  }
}
