// Element-wise functions: their range over an interval, and a line below and one above them there. Functions with a kink at 0 (Zhang et
// al., arXiv 1811.00866, section 3), and S-shaped ones: odd but for a constant, rising, convex below 0 and concave above.
import { double } from './arithmetic.js';

/** slope x + offset */
export type Line = readonly [slope: number, offset: number];
type Interval = readonly [lower: number, upper: number];

export type Curve = {
  /** A deployed value is within relative |y| + absolute of the function. */
  readonly relative: number;
  readonly absolute: number;
  /** At least its values. */
  range(x: Interval, element: number): Interval;
  /** @param slope of the lower line, for functions with a kink: any one is sound; left out: whichever seems better */
  lines(x: Interval, element: number, slope?: number): { readonly below: Line; readonly above: Line };
  /** Whether it matters to know the interval better. */
  isOpen(x: Interval): boolean;
};

/**
 * From which upper bound, in units of -lower, the lower line of a kink has the steeper slope. 1 leaves the smaller area; flat lines pass no
 * looseness of earlier bounds on, and certificates of ACAS Xu are checked in three quarters of the time.
 */
const steepFrom = 1.4;

/**
 * max(x, slope x) for slopes of at most 1, convex.
 * @param isExact whether the kernel has no product, which may flush to zero even where the slope is 1
 */
export function kinked(slopes: ArrayLike<number>, isExact = false): Curve {
  const slopeAt = (element: number) => slopes[element % slopes.length] ?? Number.NaN;
  return {
    relative: isExact ? 0 : 2 ** -24,
    absolute: isExact ? 0 : 2 ** -126,
    range: ([low, high], element) => {
      const slope = slopeAt(element);
      const [a, b] = [low > 0 ? low : slope * low, high > 0 ? high : slope * high];
      // Where it falls first, it is least at 0.
      const least = slope < 0 && low < 0 && high > 0 ? 0 : Math.min(a, b);
      const room = isExact ? 0 : 2 * double * Math.max(Math.abs(a), Math.abs(b));
      return [least - room, Math.max(a, b) + room];
    },
    lines: ([low, high], element, slope) => {
      const left = slopeAt(element);
      if (low >= 0) return both([1, 0]);
      if (high <= 0) return both([left, 0]);
      // The chord; for the slope as it is the offset is the greatest of what the ends need, each computed with three roundings at most.
      const chord = Math.min(1, Math.max(left, (high - left * low) / (high - low)));
      const offset = Math.max((left - chord) * low, (1 - chord) * high);
      const chosen = slope ?? (high > -steepFrom * low ? 1 : left);
      return {
        below: [Math.min(1, Math.max(left, chosen)), 0],
        above: [chord, offset * (1 + 2 ** -50) + 2 ** -1000],
      };
    },
    isOpen: ([low, high]) => low < 0 && high > 0,
  };
}

const both = (line: Line) => ({ below: line, above: line });

export const relu = kinked([0], true);
export const magnitude = kinked([-1], true);

/** An odd function with its slope, which is computed to a relative 2^-45; |values| at most 1, to an absolute 2^-45. */
type Odd = { readonly value: (x: number) => number; readonly slope: (x: number) => number };

/** Covers what an S-shaped function's values, slopes and offsets lose, relative to |slope x| + 1. */
const own = 2 ** -40;
const bisections = 40;

/** The lowest line above it, more or less. */
function above({ value, slope }: Odd, [low, high]: Interval): Line {
  const through = (s: number, ...points: number[]): Line => [
    s,
    Math.max(...points.map((x) => value(x) - s * x)) + own * (1 + s * Math.max(-low, high, 0)),
  ];
  // Concave: a tangent.
  if (low >= 0) {
    const middle = low / 2 + high / 2;
    return through(slope(middle), middle);
  }
  const chord = high > low ? Math.max(0, (value(high) - value(low)) / (high - low)) : 0;
  // A line less a convex function is least at an end; and above 0 the function rises faster than the line, all the way.
  if (high <= 0 || slope(high) * (1 - own) > chord) return through(chord, low, high);
  // Any tangent at t >= 0 is above the concave part, and where it is above at `low` above the convex part.
  let [left, right] = [0, high];
  for (let at = 0; at < bisections; at++) {
    const t = left / 2 + right / 2;
    if (value(t) + slope(t) * (low - t) < value(low)) left = t;
    else right = t;
  }
  return through(slope(right), right, low);
}

const sShaped = (odd: Odd, center: number, relative: number, absolute: number): Curve => ({
  relative,
  absolute,
  range: ([low, high]) => [center + odd.value(low) - own, center + odd.value(high) + own],
  lines: ([low, high]) => {
    const [[up, most], [down, least]] = [above(odd, [low, high]), above(odd, [-high, -low])];
    return { below: [down, center - least], above: [up, center + most] };
  },
  isOpen: ([low, high]) => high - low > 2 ** -20,
});

/** The slope of 1 / (1 + exp(-x)). */
function logisticSlope(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return e / (1 + e) ** 2;
}

/** Errors of ONNX Runtime's kernels: measured for all float32, docs/proofs.md. */
export const sCurves = {
  Sigmoid: sShaped({ value: (x) => Math.tanh(x / 2) / 2, slope: logisticSlope }, 0.5, 2 * 2 ** -24, 2 ** -22),
  Tanh: sShaped({ value: Math.tanh, slope: (x) => 4 * logisticSlope(2 * x) }, 0, 16 * 2 ** -24, 2 ** -126),
  Softsign: sShaped(
    { value: (x) => x / (1 + Math.abs(x)), slope: (x) => 1 / (1 + Math.abs(x)) ** 2 },
    0,
    8 * 2 ** -24,
    2 ** -126,
  ),
};
