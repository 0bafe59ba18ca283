// Adam (Kingma and Ba, arXiv 1412.6980) as part of the training program, over one flat vector of parameters.
import type { Program } from '../../src/program/program.js';
import type { Value } from '../../src/program/value.js';
import type { Optimiser, OptimiserState } from './optimiser.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** @param rate scalar: see `adamRate` */
export function adamStep(p: Program, state: OptimiserState, gradient: Value, rate: Value): OptimiserState {
  const mean = p.add(p.mul(state.mean, BETA1), p.mul(gradient, 1 - BETA1));
  const square = p.add(p.mul(state.square, BETA2), p.mul(p.mul(gradient, gradient), 1 - BETA2));
  const flat = p.sub(state.flat, p.div(p.mul(rate, mean), p.add(p.sqrt(square), EPSILON)));
  return { flat, mean, square };
}

/** The learning rate of step 1, 2, ... with both corrections for the zero start (section 2 of the paper, last lines). */
export const adamRate = (learningRate: number, step: number): number =>
  (learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);

export const adam: Optimiser = { step: adamStep, rate: adamRate };
