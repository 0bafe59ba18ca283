// Plain stochastic gradient descent, without momentum.
import type { Optimiser } from './optimiser.js';

export const sgd: Optimiser = {
  // The running means are part of every optimiser's state; here the gradient itself stands in both.
  step: (p, { flat }, gradient, rate) => ({
    flat: p.sub(flat, p.mul(rate, gradient)),
    mean: gradient,
    square: gradient,
  }),
  rate: (learningRate) => learningRate,
};
