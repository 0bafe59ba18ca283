// How sure a ratio of medians is: Efron's percentile bootstrap (Bootstrap Methods: Another Look at the Jackknife, 1979).
import type { Rng } from '../../../src/base/rng.js';
import { median, quantile } from './quantile.js';

export type Interval = { readonly ratio: number; readonly low: number; readonly high: number };

export type BootstrapOptions = { readonly resamples?: number; readonly confidence?: number };

/**
 * median(a) / median(b) and the interval in which the confidence's share of the resampled ratios lie.
 * Values positive; Infinity is a run without an answer. Where both medians are infinite the ratio may be anything: it is NaN, and
 * counts in the resamples as 0 for the lower end and as Infinity for the upper.
 */
export function medianRatioInterval(
  a: readonly number[],
  b: readonly number[],
  rng: Rng,
  { resamples = 10_000, confidence = 0.95 }: BootstrapOptions = {},
): Interval {
  const ratios = Array.from({ length: resamples }, () => median(resample(a, rng)) / median(resample(b, rng)));
  const orElse = (unknown: number) => ratios.map((ratio) => (Number.isNaN(ratio) ? unknown : ratio));
  return {
    ratio: median(a) / median(b),
    low: quantile(orElse(0), (1 - confidence) / 2),
    high: quantile(orElse(Infinity), (1 + confidence) / 2),
  };
}

const resample = (values: readonly number[], rng: Rng): number[] =>
  values.map(() => values[rng.below(values.length)] as number);
