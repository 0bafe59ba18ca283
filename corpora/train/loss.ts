// What training minimises: a scalar program over one batch.
import type { Program } from '../../src/program/program.js';
import type { Value } from '../../src/program/value.js';
import { CLASSES } from './data.js';
import type { Weights } from './layers/layer.js';
import { forward, type Network } from './network.js';

export type Batch = {
  /** [batch, ...image]; of the digits [batch, 1, 8, 8], in [0, 1] */
  readonly images: Value;
  /** [batch, 10], one-hot */
  readonly targets: Value;
};

/** A number that changes during training, from the share of all steps that is done, 0 to 1. */
export type Schedule = (progress: number) => number;

export type Loss = {
  /** Numbers that `build` reads as scalar inputs, by name. */
  readonly schedules: Readonly<Record<string, Schedule>>;
  build(
    p: Program,
    network: Network,
    batch: Batch,
    weights: Weights,
    scheduled: (name: string) => Value,
  ): Value;
};

/** Mean over the batch of -log softmax(logits)[target]: [1, 1]. */
export function crossEntropy(p: Program, logits: Value, targets: Value): Value {
  const perRow = p.reduceSum(p.mul(targets, p.logSoftmax(logits, 1)), [1]);
  return p.neg(p.reduceMean(perRow, [0]));
}

/** @param smoothing share of the target that is spread over all classes: keeps logits on the data at one moderate size */
export const plainLoss = (smoothing = 0): Loss => ({
  schedules: {},
  build: (p, network, { images, targets }, weights) => {
    const softened = p.add(p.mul(targets, 1 - smoothing), smoothing / CLASSES);
    return crossEntropy(p, forward(p, network, images, weights), softened);
  },
});
