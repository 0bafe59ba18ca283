// How the networks of the experiments are trained: 784-200-100-10, as in both of TensorFuzz's MNIST experiments.

import { plainLoss } from '../../../../corpora/train/loss.js';
import { mlp, parametersOf } from '../../../../corpora/train/network.js';
import { sgd } from '../../../../corpora/train/sgd.js';
import type { Recipe } from '../../../../corpora/train/train.js';
import type { Rng } from '../../../../src/base/rng.js';
import { sizeOf } from '../../../../src/base/shape.js';
import { unsafeLoss } from './unsafe-loss.js';

const network = mlp(784, 200, 100, 10);
/** Both of its experiments take batches of 100 and plain gradient descent at 0.01. */
const common = { network, batchSize: 100, shiftPixels: 0 } as const;

/** Weights uniform between -scale and scale, biases 0: what TensorFuzz starts from, about three times He's deviation. */
const uniformStart =
  (scale: number): NonNullable<Recipe['initialise']> =>
  (layers, rng: Rng) =>
    Float32Array.from(
      parametersOf(layers).flatMap(({ shape, deviation }) =>
        Array.from({ length: sizeOf(shape) }, () => (deviation === 0 ? 0 : scale * (2 * rng.uniform() - 1))),
      ),
    );

export const initialisations = [1, 2, 3] as const;

/**
 * Its network for non-finite values: init_scale 0.25, the unsafe loss, gradient descent. It takes 35,000 steps over 60,000 digits;
 * the 9,000 here are known by heart long before.
 */
export const unsafeRecipe = (seed: number): Recipe => ({
  ...common,
  seed,
  loss: unsafeLoss,
  epochs: 40,
  learningRate: () => 0.01,
  optimiser: sgd,
  initialise: uniformStart(0.25),
});

/** The classifier that is compared with its float16 copy. */
export const classifierRecipe: Recipe = {
  ...common,
  seed: 1,
  loss: plainLoss(),
  epochs: 12,
  learningRate: () => 1e-3,
};
