// Margins of a property's instances in bins: how far its outputs are from breaking it.
import type { PropertyReport } from '../../findings/report.js';
import type { Verdict } from '../../findings/verdict.js';
import { multiple, niceStep } from './scale.js';

export type MarginKind = 'proved' | 'tested' | 'violated';
export type Margin = { readonly instance: string; readonly kind: MarginKind; readonly margin: number };

export type Bin = {
  /** From here to the next bin. */
  readonly from: number;
  readonly counts: Readonly<Record<MarginKind, number>>;
};

export type Histogram = {
  readonly step: number;
  readonly bins: readonly Bin[];
  /** The first and the last bin hold all that lies beyond them too. */
  readonly clipped: { readonly below: boolean; readonly above: boolean };
};

const wantedBins = 28;
/** Fewer are shown to their ends. */
const leastToClip = 50;
const tail = 0.01;

/** Proved: a lower bound on it. Tested: the smallest seen. Violated: that of the counterexample. */
export const marginOf = (verdict: Verdict): number | null => {
  switch (verdict.kind) {
    case 'proved':
      return verdict.margin;
    case 'tested':
      return verdict.smallestMargin;
    case 'violated':
      return verdict.witness.margin;
    case 'unknown':
      return null;
  }
};

export const marginsOf = ({ instances }: PropertyReport): Margin[] =>
  instances.flatMap(({ instance, verdict }) => {
    const margin = marginOf(verdict);
    return verdict.kind === 'unknown' || margin === null || !Number.isFinite(margin)
      ? []
      : [{ instance, kind: verdict.kind, margin }];
  });

/** @param margins at least one; bins meet at zero */
export function histogramOf(margins: readonly Margin[]): Histogram {
  const sorted = Float64Array.from(margins, ({ margin }) => margin).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const ends = sorted.length < leastToClip ? [0, 1] : [tail, 1 - tail];
  const [low, high] = [Math.min(0, at(ends[0] ?? 0)), Math.max(0, at(ends[1] ?? 1))];
  // Of numbers too near to each other to tell them apart, one bin.
  const step = high - low > Number.MIN_VALUE * 2 ** 80 ? niceStep((high - low) / wantedBins) : 1;
  const least = Math.floor(low / step + 1e-9);
  // Zero itself breaks a property: its bin is the one below.
  const first = (sorted[0] ?? 0) <= 0 ? Math.min(-1, least) : least;
  const most = Math.max(first, Math.ceil(high / step - 1e-9) - 1);
  const last = (sorted.at(-1) ?? 0) > 0 ? Math.max(0, most) : most;
  const counts = Array.from({ length: last - first + 1 }, () => ({ proved: 0, tested: 0, violated: 0 }));
  for (const { kind, margin } of margins) {
    const bin = counts[binOf(margin, step, first, last)];
    if (bin !== undefined) bin[kind]++;
  }
  return {
    step,
    bins: counts.map((of, index) => ({ from: multiple(first + index, step), counts: of })),
    clipped: {
      below: (sorted[0] ?? 0) < first * step,
      above: (sorted.at(-1) ?? 0) > (last + 1) * step,
    },
  };
}

/** What is not positive breaks a property: zero itself belongs below. */
function binOf(margin: number, step: number, first: number, last: number): number {
  const index = Math.floor(margin / step);
  const below = margin > 0 ? index : Math.min(index, -1);
  return Math.min(last, Math.max(first, below)) - first;
}

/** Those nearest to breaking it that do not, the nearest first. */
export const closest = (margins: readonly Margin[], wanted: number): Margin[] =>
  margins
    .filter(({ kind }) => kind !== 'violated')
    .toSorted((a, b) => a.margin - b.margin)
    .slice(0, wanted);
