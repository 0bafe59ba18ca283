// How outputs change with inputs: for any two inputs of a box, f(b) - f(a) = J (b - a) with J between bounds, which are propagated backwards
// as a midpoint and a radius of every coefficient. In exact arithmetic: what the deployed network rounds is added up beside it.
//
// Secants compose as derivatives do: an activation's difference is its argument's, times the slope of a secant; an affine layer's is
// its argument's, times its weights. So no derivative is needed at kinks.

import { scaleMagnitude } from '../../ops/affine.js';
import { type AffineStep, affineStep } from '../../ops/affine-relaxation.js';
import type { BoundedModel } from '../../ops/bound-model.js';
import { finite } from '../../ops/interval.js';
import { transposed } from '../../ops/linear.js';
import { type IntervalContext, Unbounded } from '../../ops/operator.js';
import { stepOf } from '../../ops/relax-model.js';
import type { Rounding } from '../../ops/rounding.js';
import { staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Frame } from '../crown/backward.js';
import { isPlain } from '../plain.js';
import { secants } from './activations.js';

/** Coefficients of a value lie within `rad` of `mid`: [rows, ...value] each. */
type Coefficients = { readonly mid: Value; readonly rad: Value };

/** With the name of the model's input. */
export type SlopeFrame = Frame & { readonly input: string };

export type SlopeValues = {
  /** [rows, ...input] */
  readonly least: Value;
  readonly most: Value;
  /** [rows]: |deployed - exact| of the combination of outputs, for every input of the box. */
  readonly error: Value;
};

/**
 * @param start of the output, [rows, ...output]: exact
 * @throws Unbounded where a node has no rule
 */
export function slopesOf(frame: SlopeFrame, output: string, start: Value): SlopeValues {
  const { p, bounded, input } = frame;
  const pending = new Map<string, Coefficients>([[output, { mid: start, rad: p.mul(p.abs(start), 0) }]]);
  const errors: Value[] = [];
  for (const name of [...frame.order].reverse()) {
    const own = pending.get(name);
    const context = bounded.contextOf(name);
    if (own === undefined || context === undefined) continue;
    pending.delete(name);
    const { sources, error } = stepBack(frame, name, own, context);
    for (const [source, coefficients] of sources) {
      const earlier = pending.get(source);
      pending.set(source, earlier === undefined ? coefficients : sum(frame, earlier, coefficients));
    }
    if (error !== undefined) errors.push(weighed(frame, name, own, error));
  }
  const last = pending.get(input);
  if (last === undefined) throw new Unbounded(`output "${output}" does not depend on input "${input}"`);
  return { ...ends(frame, last), error: total(p, errors, start) };
}

type Back = {
  readonly sources: readonly (readonly [string, Coefficients])[];
  /** Of the deployed value against the exact one of the same arguments; broadcasts to it. */
  readonly error: Value | undefined;
};

function stepBack(frame: SlopeFrame, name: string, own: Coefficients, context: IntervalContext): Back {
  const { bounded } = frame;
  const { affine } = bounded.bounds(name);
  const source = affine && bounded.nameOf(affine.input);
  if (affine !== undefined && source !== undefined) return affineBack(frame, own, affine, source);
  const { type } = context.node;
  if (secants[type] !== undefined) return activationBack(frame, own, context);
  if (isPlain(type)) return plainBack(frame, name, own, context);
  throw noRule(context);
}

type Affine = NonNullable<ReturnType<BoundedModel['bounds']>['affine']>;

/** mid W, with a radius for what that rounds; |W| times the radius. */
function affineBack(
  { p, rounding }: Frame,
  { mid, rad }: Coefficients,
  affine: Affine,
  source: string,
): Back {
  const { absLinear, scale, merged, readers, input } = affine;
  const step: AffineStep = affineStep(p, rounding, affine);
  const absolute = transposed(p, absLinear, input.lower);
  const own = rounding.program(readers + merged + 8);
  const reach = p.add(rad, p.mul(p.add(p.abs(mid), rad), own));
  const scaled = scale === undefined ? reach : p.mul(reach, scaleMagnitude(p, scale));
  const radius = grown(p, rounding, absolute(scaled), readers + 16);
  return { sources: [[source, { mid: step.back(mid), rad: radius }]], error: step.gap };
}

/** Products of two intervals, of which the second is that of the secants' slopes. */
function activationBack(frame: Frame, own: Coefficients, context: IntervalContext): Back {
  const { p, rounding } = frame;
  const rule = secants[context.node.type];
  if (rule === undefined) throw new RangeError(`no rule for ${context.node.type}`);
  const { least, most, error } = rule(context);
  const [low, high] = [p.sub(own.mid, own.rad), p.add(own.mid, own.rad)];
  const products = [p.mul(low, least), p.mul(low, most), p.mul(high, least), p.mul(high, most)];
  const smallest = products.reduce((a, b) => p.min(a, b));
  const greatest = products.reduce((a, b) => p.max(a, b));
  const mid = p.add(p.mul(smallest, 0.5), p.mul(greatest, 0.5));
  const half = p.sub(p.mul(greatest, 0.5), p.mul(smallest, 0.5));
  // Ends, products, and both halves.
  const lost = p.mul(p.add(p.abs(smallest), p.abs(greatest)), rounding.program(6));
  const rad = grown(p, rounding, p.add(half, lost), 12);
  // Slopes of 0 and 1 lose nothing.
  const isExact = p.and(p.equal(least, most), p.or(p.equal(least, 0), p.equal(least, 1)));
  const kept = (loose: Value, exact: Value) => p.where(isExact, p.mul(exact, least), loose);
  return {
    sources: [[context.node.inputs[0] ?? '', { mid: kept(mid, own.mid), rad: kept(rad, own.rad) }]],
    error,
  };
}

const noRule = ({ node }: IntervalContext): Unbounded =>
  new Unbounded(`node "${node.name}" (${node.type}): this operator has no rule for differences`);

function plainBack(frame: SlopeFrame, name: string, own: Coefficients, context: IntervalContext): Back {
  const { p, rounding, bounded } = frame;
  const step = stepOf(bounded, name, context);
  // What a step leaves to its interval would have no slope at all.
  const followed = new Set(step.parts.map(({ source }) => source));
  const isLost = context.node.inputs.some(
    (input) => !followed.has(input) && (input === frame.input || bounded.contextOf(input) !== undefined),
  );
  if (step.reduce !== undefined || isLost) throw noRule(context);
  const sources = step.parts.map(({ source, back, operations }) => {
    const magnitude = p.abs(own.mid);
    const mid = back(own.mid, magnitude);
    const moved = p.abs(back(own.rad, own.rad));
    if (operations <= 1) return [source, { mid, rad: moved }] as const;
    const lost = p.mul(p.abs(back(magnitude, magnitude)), rounding.program(operations + 8));
    return [source, { mid, rad: grown(p, rounding, p.add(moved, lost), operations + 8) }] as const;
  });
  return { sources, error: step.gap };
}

function sum({ p, rounding }: Frame, a: Coefficients, b: Coefficients): Coefficients {
  const mid = p.add(a.mid, b.mid);
  const lost = p.mul(p.abs(mid), rounding.program(2));
  return { mid, rad: grown(p, rounding, p.add(p.add(a.rad, b.rad), lost), 4) };
}

/** What sums of k terms >= 0 lose, and underflow. */
const grown = (p: Program, rounding: Rounding, radius: Value, k: number): Value =>
  p.mul(
    p.add(radius, p.where(p.equal(radius, 0), 0, p.scalar(rounding.dtype, k * rounding.ownUnderflow))),
    1 + 2 * rounding.program(k + 4),
  );

function ends({ p, rounding }: Frame, { mid, rad }: Coefficients) {
  const lost = p.mul(p.add(p.abs(mid), rad), rounding.program(2));
  const isExact = p.equal(rad, 0);
  return {
    least: p.where(isExact, mid, p.sub(p.sub(mid, rad), lost)),
    most: p.where(isExact, mid, p.add(p.add(mid, rad), lost)),
  };
}

/** sum |a| error: [rows]; infinite where the value may be. */
function weighed(
  { p, rounding, bounded }: Frame,
  name: string,
  { mid, rad }: Coefficients,
  error: Value,
): Value {
  const bounds = bounded.bounds(name);
  const known = p.where(finite(p, bounds), p.expandLike(error, bounds.lower), Infinity);
  const size = staticSize(bounds.lower.shape);
  const rows = mid.shape[0] ?? 1;
  const product = p.mul(p.reshape(p.add(p.abs(mid), rad), [rows, size]), p.reshape(known, [1, size]));
  const added = p.reshape(p.reduceSum(product, [1]), [rows]);
  return p.mul(p.add(added, size * rounding.ownUnderflow), 1 + 2 * rounding.program(size + 8));
}

function total(p: Program, errors: readonly Value[], start: Value): Value {
  const [first, ...others] = errors;
  const rows = start.shape[0] ?? 1;
  const none = p.reshape(
    p.mul(p.slice(p.reshape(start, [rows, staticSize(start.shape.slice(1))]), 1, 0, 1), 0),
    [rows],
  );
  const all = first === undefined ? none : others.reduce((sum, next) => p.add(sum, next), p.add(first, none));
  return p.mul(all, 1 + 2 ** -18);
}
