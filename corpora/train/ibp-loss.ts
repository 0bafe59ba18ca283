// Training for certified robustness by interval bound propagation: Gowal et al., arXiv 1810.12715.
import type { Program } from '../../src/program/program.js';
import type { Value } from '../../src/program/value.js';
import type { Box, Layer, Weights } from './layers/layer.js';
import { type Batch, crossEntropy, type Loss, type Schedule } from './loss.js';
import { forward, type Network } from './network.js';

/**
 * kappa * CE(logits) + (1 - kappa) * CE(worst logits), section 3 of the paper.
 * @param kappa share of the plain loss
 * @param epsilon linf radius of the boxes around the images, clipped to [0, 1]
 */
export const ibpLoss = (kappa: Schedule, epsilon: Schedule): Loss => ({
  schedules: { kappa, epsilon },
  build: (p, network, batch, weights, scheduled) => {
    const share = scheduled('kappa');
    const nominal = crossEntropy(p, forward(p, network, batch.images, weights), batch.targets);
    const worst = worstLogits(p, network, batch, weights, scheduled('epsilon'));
    const robust = crossEntropy(p, worst, batch.targets);
    return p.add(p.mul(share, nominal), p.mul(p.sub(1, share), robust));
  },
});

/** Linear from `from` to `to` between two shares of training, constant before and after. */
export const ramp =
  (from: number, to: number, start: number, end: number): Schedule =>
  (progress) =>
    from + (to - from) * Math.min(1, Math.max(0, (progress - start) / (end - start)));

function boxAround(p: Program, images: Value, epsilon: Value): Box {
  const [lower, upper] = [p.max(p.sub(images, epsilon), 0), p.min(p.add(images, epsilon), 1)];
  return { mid: p.mul(p.add(lower, upper), 0.5), rad: p.mul(p.sub(upper, lower), 0.5) };
}

function intervalOf(p: Program, layer: Layer, box: Box, weights: Weights): Box {
  if (layer.interval === undefined) throw new Error(`${layer.type} has no interval rule to train through`);
  return layer.interval(p, box, weights);
}

/**
 * Upper bounds of logit - logit[label], 0 at the label itself: [batch, 10]. The last layer is merged with the
 * differences (section 3, "elision"), which is tighter than bounds of the logits one by one.
 */
function worstLogits(
  p: Program,
  network: Network,
  { images, targets }: Batch,
  weights: Weights,
  epsilon: Value,
): Value {
  const last = network.at(-1);
  const [weight, bias] = last?.parameters ?? [];
  if (last?.type !== 'Gemm' || weight === undefined || bias === undefined)
    throw new Error('the last layer must be Gemm');
  const { mid, rad } = network
    .slice(0, -1)
    .reduce((box, layer) => intervalOf(p, layer, box, weights), boxAround(p, images, epsilon));
  const [classes = 0, inputs = 0] = weight.shape;
  const batch = images.shape[0] ?? 1;
  const [w, b] = [weights(weight.name), weights(bias.name)];
  const own = p.reshape(p.matmul(targets, w), [batch, 1, inputs]);
  const ownBias = p.matmul(targets, p.reshape(b, [classes, 1]));
  const differences = p.sub(p.reshape(w, [1, classes, inputs]), own);
  const column = (value: Value) => p.reshape(value, [batch, inputs, 1]);
  const center = p.matmul(differences, column(mid));
  const radius = p.matmul(p.abs(differences), column(rad));
  return p.add(p.reshape(p.add(center, radius), [batch, classes]), p.sub(b, ownBias));
}
