// Relaxation of smooth functions of one variable by tangents and chords (Zhang et al., arXiv 1811.00866, section 3.3).
import { unitRoundoff } from '../base/dtype.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import type { KernelErrors } from './kernel-error.js';
import { betweenLines, greatestMagnitude, type Line, lowered } from './lines.js';
import { chosenOr, type RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';
import { chord, clamped, type Ends, tangentIn } from './tangent.js';

/** A function as the array language computes it. */
export type Curve = {
  value(p: Program, x: Value): Value;
  /** Its derivative; at a kink anything between those of either side. */
  slope(p: Program, x: Value): Value;
  /** Of `value`, and of the deployed kernel. */
  readonly error: KernelErrors;
  /** |slope - derivative| <= relative |slope| + absolute, in units of the program's roundoff. */
  readonly slopeError: { readonly relative: number; readonly absolute: number };
};

/** Where a function on x is convex: [from, to]. */
export type Piece = {
  readonly from: Value | number;
  readonly to: Value | number;
  /** Where its tangent is taken; chosen well if left out. The first piece's tangent, or the chord, gives the slope. */
  tangentAt?(p: Program, x: Interval): Value;
};

/**
 * The pieces of [l, u] where a function is convex, and those where its negative is; outside of them it is concave, or its
 * negative is. At their ends they may be off by a few roundings of numbers up to 128.
 */
export type Bends = {
  below(p: Program, x: Interval): readonly Piece[];
  above(p: Program, x: Interval): readonly Piece[];
  /** Where the pieces are right; everywhere if left out. */
  known?(p: Program, x: Interval): Value;
};

const everywhere: Piece = { from: -Infinity, to: Infinity };
const nowhere = () => [];
export const convex: Bends = { below: () => [everywhere], above: nowhere };
export const concave: Bends = { below: nowhere, above: () => [everywhere] };
/** Convex up to 0, concave from there. */
export const sigmoidal: Bends = {
  below: () => [{ from: -Infinity, to: 0 }],
  above: () => [{ from: 0, to: Infinity }],
};
export const reversed = ({ below, above, known }: Bends): Bends => ({
  below: above,
  above: below,
  ...(known && { known }),
});

/** Relaxation of y = f(z) for the input z at position 0. */
export function curveRelaxation(context: RelaxContext, curve: Curve, bends: Bends): Relaxation {
  const { p, bounds } = context;
  const x = context.input(0);
  const known = bends.known?.(p, x);
  const lower = lineBelow(context, curve, bends.below(p, x), x, 'below');
  const upper = negatedLine(p, lineBelow(context, negated(curve), bends.above(p, x), x, 'above'));
  return betweenLines(
    context,
    orConstant(context, lower, bounds.lower, known),
    orConstant(context, upper, bounds.upper, known),
  );
}

const negated = (curve: Curve): Curve => ({
  ...curve,
  value: (p, x) => p.neg(curve.value(p, x)),
  slope: (p, x) => p.neg(curve.slope(p, x)),
});

const negatedLine = (p: Program, { slope, offset }: Line): Line => ({
  slope: p.neg(slope),
  offset: p.neg(offset),
});

/** The interval's bound where a line came out infinite or NaN. */
function orConstant({ p, rounding }: RelaxContext, line: Line, bound: Value, known: Value | undefined): Line {
  const isKnownFinite = p.and(
    p.lessOrEqual(p.abs(line.offset), rounding.safeMagnitude),
    p.lessOrEqual(p.abs(line.slope), rounding.safeMagnitude),
  );
  const sound = known === undefined ? isKnownFinite : p.and(isKnownFinite, known);
  return { slope: p.where(sound, line.slope, 0), offset: p.where(sound, line.offset, bound) };
}

/** A piece inside of [l, u], its tangent at d, and what may be wrong with that slope. */
type Tangent = Ends & { readonly at: Value; readonly value: Value; readonly slope: Value };

/**
 * A line below the deployed function. Whatever the slope s, an offset is below f(x) - s x where f is concave, if it is at the
 * ends of such pieces; and where f is convex, if it is below t(x) - s x at the ends of that piece, t being any of its tangents.
 */
function lineBelow(
  context: RelaxContext,
  curve: Curve,
  pieces: readonly Piece[],
  x: Interval,
  side: 'below' | 'above',
): Line {
  const { p, rounding } = context;
  const choices = pieces.map((piece, at) => tangentOf(context, curve, piece, x, `${side}${at}`));
  const tangents = choices.map(({ tangent }) => tangent);
  const slope = slopeOf(p, curve, x, choices[0]);
  const points = [x.lower, x.upper].map((at) => ({ at, value: curve.value(p, at) }));
  const candidates = [
    ...points.map(({ at, value }) => p.sub(value, p.mul(slope, at))),
    ...tangents.map((tangent) => tangentOffset(context, curve, tangent, slope)),
  ];
  const greatest = [...points, ...tangents].map(({ value }) => p.abs(value)).reduce((a, b) => p.max(a, b));
  const tilts = tangents.map(({ slope: own, from, to }) => p.mul(p.abs(p.sub(own, slope)), p.sub(to, from)));
  const steepness = p.mul(p.abs(slope), greatestMagnitude(p, x));
  const scale = [...tilts, steepness].reduce((a, b) => p.add(a, b), greatest);
  const { relative, absolute } = curve.error[rounding.dtype];
  const own = p.add(p.mul(greatest, 1.01 * relative), 1.01 * absolute);
  const least = candidates.reduce((a, b) => p.min(a, b));
  const offset = p.sub(least, p.add(own, deployedError(context, curve)));
  return { slope, offset: lowered(p, rounding, offset, scale, 12) };
}

type Choice = { readonly tangent: Tangent; readonly useChord: Value | undefined };

function tangentOf(context: RelaxContext, curve: Curve, piece: Piece, x: Interval, key: string): Choice {
  const { p } = context;
  const ends = {
    from: p.min(p.max(x.lower, piece.from), x.upper),
    to: p.max(p.min(x.upper, piece.to), x.lower),
  };
  const wanted = piece.tangentAt?.(p, x);
  const { at: free, useChord } = wanted
    ? { at: wanted, useChord: undefined }
    : tangentIn(p, curve, piece, ends, x);
  const at = clamped(p, chosenOr(context, key, free, p.sub(x.upper, x.lower), [ends.from, ends.to]), ends);
  return { tangent: { ...ends, at, value: curve.value(p, at), slope: curve.slope(p, at) }, useChord };
}

function slopeOf(p: Program, curve: Curve, x: Interval, main: Choice | undefined): Value {
  if (main?.useChord === undefined) return main?.tangent.slope ?? chord(p, curve, x);
  return p.where(main.useChord, chord(p, curve, x), main.tangent.slope);
}

/** What the deployed kernel is off by, anywhere in the bounds. */
function deployedError({ p, rounding, bounds }: RelaxContext, { error }: Curve): Value {
  if (rounding.deployed(1) === 0) return p.scalar(rounding.dtype, 0);
  const { relative, absolute } = error.float32;
  return p.add(p.mul(greatestMagnitude(p, bounds), 1.01 * relative), 1.01 * absolute);
}

/**
 * The least of t(x) - s x at the ends of the piece, less what the tangent's slope may be off. It underflows by the smallest normal
 * number, times a constant factor of the derivative up to 64. Where s is that slope, both ends
 * give f(d) - s d.
 */
function tangentOffset({ p, rounding }: RelaxContext, curve: Curve, tangent: Tangent, slope: Value): Value {
  const { from, to, at, value, slope: own } = tangent;
  const { relative, absolute } = curve.slopeError;
  const u = unitRoundoff[rounding.dtype];
  const error = p.add(
    p.mul(p.abs(own), 1.01 * relative * u),
    1.01 * absolute * u + 128 * rounding.ownUnderflow,
  );
  const tilt = p.sub(own, slope);
  const reach = p.min(p.mul(tilt, p.sub(from, at)), p.mul(tilt, p.sub(to, at)));
  return p.sub(p.add(p.sub(value, p.mul(slope, at)), reach), p.mul(error, p.sub(to, from)));
}
