// How each example network is trained. Every number here was tried; other values near them do about as well.
import { ibpLoss, ramp } from './ibp-loss.js';
import { plainLoss, type Schedule } from './loss.js';
import { cnn, mlp } from './network.js';
import type { Recipe } from './train.js';

export const SEED = 1;
const common = { batchSize: 64, seed: SEED, shiftPixels: 0 } as const;

/** Constant, then falling to zero over the last part of training. */
const decayed = (rate: number): Schedule => {
  const share = ramp(1, 0, 0.6, 1);
  return (progress) => rate * share(progress);
};

export const recipes = {
  mlp: {
    ...common,
    network: mlp(64, 256, 256, 10),
    loss: plainLoss(),
    epochs: 60,
    learningRate: decayed(1e-3),
    shiftPixels: 0.5,
  },
  cnn: {
    ...common,
    network: cnn(16, 32, 64),
    loss: plainLoss(),
    epochs: 60,
    learningRate: decayed(2e-3),
    shiftPixels: 0.5,
  },
  // The paper trains with a somewhat larger radius than it is judged at; so do we.
  robust: {
    ...common,
    network: mlp(64, 128, 128, 10),
    loss: ibpLoss(ramp(1, 0.3, 0.1, 0.6), ramp(0, 0.07, 0.1, 0.6)),
    epochs: 200,
    learningRate: decayed(2e-3),
  },
  // Smoothed labels keep the logits of all digits at about one size, which inputs between the digits then exceed:
  // without smoothing, the digits themselves have the most extreme logits and noise only makes them smaller.
  unsafe: {
    ...common,
    network: mlp(64, 512, 10),
    loss: plainLoss(0.3),
    epochs: 60,
    learningRate: decayed(3e-3),
    shiftPixels: 0.5,
  },
} as const satisfies Record<string, Recipe>;
