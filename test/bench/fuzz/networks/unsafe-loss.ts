// TensorFuzz's cross entropy as the formula reads: -sum(target * log(exp(z) / sum(exp(z)))), without subtracting the
// greatest logit first (arXiv 1807.10875, section 4.1; examples/nans/nan_model.py of its repository).
import type { Loss } from '../../../../corpora/train/loss.js';
import { forward } from '../../../../corpora/train/network.js';

export const unsafeLoss: Loss = {
  schedules: {},
  build: (p, network, { images, targets }, weights) => {
    const raised = p.exp(forward(p, network, images, weights));
    const probabilities = p.div(raised, p.reduceSum(raised, [1]));
    const perRow = p.reduceSum(p.mul(targets, p.log(probabilities)), [1]);
    return p.neg(p.reduceMean(perRow, [0]));
  },
};
