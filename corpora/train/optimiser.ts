// What an optimiser is: how one step of it is written as part of the training program.
import type { Program } from '../../src/program/program.js';
import type { Value } from '../../src/program/value.js';

/** All [parameters]: parameters, running mean of the gradient, running mean of its square. */
export type OptimiserState = { readonly flat: Value; readonly mean: Value; readonly square: Value };

export type Optimiser = {
  /** @param rate scalar: what `rate` gives for the step */
  step(p: Program, state: OptimiserState, gradient: Value, rate: Value): OptimiserState;
  /** Of step 1, 2, ... */
  rate(learningRate: number, step: number): number;
};
