// One step of Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) inside a program, uphill.
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';

const [firstDecay, secondDecay] = [0.9, 0.999];

export type Moments = { readonly first: Value; readonly second: Value };

/** @param rates [2]: the step's length, corrected for the bias of the first moment, and the correction of the root of the second */
export function adamStep(
  p: Program,
  gradient: Value,
  { first, second }: Moments,
  rates: Value,
): { readonly step: Value; readonly moments: Moments } {
  const moments = {
    first: p.add(p.mul(first, firstDecay), p.mul(gradient, 1 - firstDecay)),
    second: p.add(p.mul(second, secondDecay), p.mul(p.mul(gradient, gradient), 1 - secondDecay)),
  };
  const rate = (at: number) => p.slice(rates, 0, at, at + 1);
  const spread = p.add(p.mul(p.sqrt(moments.second), rate(1)), 1e-12);
  return { step: p.div(p.mul(moments.first, rate(0)), spread), moments };
}

/** For step 1, 2, ... */
export const adamRates = (rate: number, step: number): Float32Array<ArrayBuffer> =>
  Float32Array.of(rate / (1 - firstDecay ** step), 1 / Math.sqrt(1 - secondDecay ** step));
