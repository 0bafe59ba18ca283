// What inputs are valid: the box, whole numbers, and how far from its seed an input may be. In the graph for children, and in
// plain float64 for findings.
import { greatestFinite, smallestNormal, unitRoundoff } from '../base/dtype.js';
import { tensor } from '../base/tensor.js';
import type { Dims } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Domain } from './domain.js';
import type { Parents } from './mutators/mutator.js';

/** The box holds always; whatever is given here holds too. Distances are those to the seed. */
export type Limits = {
  readonly linfEpsilon?: number;
  readonly l2Epsilon?: number;
  readonly l1Epsilon?: number;
  /** Elements that may differ from the seed. */
  readonly l0Count?: number;
  readonly deepHunter?: DeepHunterLimit;
};

/**
 * Xie et al., DeepHunter (ISSTA 2019), section 3.2, equation 1: an image s' made of s is valid where
 *     Linf(s, s') <= 255           if L0(s, s') < alpha x size(s),
 *     Linf(s, s') <= beta x 255    otherwise.
 * The paper takes alpha = 0.02 and beta = 0.2. After an affine transformation it measures from the transformed seed, so that only pixel
 * changes count; here all is measured from the seed itself, which is stricter.
 */
export type DeepHunterLimit = {
  readonly alpha: number;
  readonly beta: number;
  /** Greatest minus least value of an element: 255 for bytes, 1 for pixels in [0, 1]. */
  readonly range: number;
};

/**
 * The children with all limits kept: clipped to the box, whole where the domain says so, drawn towards the seed where they are too
 * far in l2 or l1. Those that change too many elements become their parent, which must be valid itself.
 * Whatever float32 may round away is taken off the distances, so that the result is valid in real numbers.
 * @param children [parents, children, ...input]; not NaN
 */
export function encodeLimits(
  p: Program,
  domain: Domain,
  limits: Limits,
  parents: Parents,
  children: Value,
): Value {
  const { lower, upper } = boundsOf(p, domain, limits, parents);
  const whole = domain.integer === undefined ? children : roundWhole(p, domain, children, p.round);
  const inBox = p.min(p.max(whole, lower), upper);
  const inL2 =
    limits.l2Epsilon === undefined ? inBox : projected(p, domain, parents, inBox, limits.l2Epsilon, 'l2');
  const near =
    limits.l1Epsilon === undefined ? inL2 : projected(p, domain, parents, inL2, limits.l1Epsilon, 'l1');
  const kept = rulesOf(p, domain, limits, parents, near);
  return kept === undefined ? near : p.where(kept, near, parents.inputs);
}

/** Whole numbers instead of the elements that must be. */
function roundWhole(p: Program, { integer, shape }: Domain, x: Value, rounding: (x: Value) => Value): Value {
  if (integer === undefined) return x;
  return p.where(p.constant(tensor('bool', [1, 1, ...shape], integer)), rounding(x), x);
}

/** The box, made smaller by the greatest change that any element may undergo: [parents or 1, 1, ...input]. */
function boundsOf(p: Program, domain: Domain, limits: Limits, parents: Parents) {
  const { linfEpsilon = Infinity, l2Epsilon = Infinity, l1Epsilon = Infinity } = limits;
  const radius = Math.min(linfEpsilon, l2Epsilon, l1Epsilon);
  const ball = radius === Infinity ? undefined : ballAround(p, parents.seeds, radius);
  const lower = ball === undefined ? parents.lower : p.max(parents.lower, ball.lower);
  const upper = ball === undefined ? parents.upper : p.min(parents.upper, ball.upper);
  return { lower: roundWhole(p, domain, lower, p.ceil), upper: roundWhole(p, domain, upper, p.floor) };
}

/** float32 numbers that are at most `radius` from the seeds, and nearly the farthest: [parents, 1, ...input]. */
function ballAround(p: Program, seeds: Value, radius: number) {
  const centre = p.cast(seeds, 'float64');
  const bound = (sign: 1 | -1): Value => {
    const end = p.min(p.max(p.add(centre, sign * radius), -greatestFinite.float32), greatestFinite.float32);
    const nearest = p.cast(p.cast(end, 'float32'), 'float64');
    // The nearest float32 may be too far away; one step inward it is not.
    const step = p.add(p.mul(p.abs(nearest), 2 ** -23), 2 ** -149);
    const isInside = p.less(p.abs(p.sub(nearest, centre)), radius);
    const inward = p.where(isInside, nearest, p.sub(nearest, p.mul(step, sign)));
    return p.cast(sign === 1 ? p.max(inward, centre) : p.min(inward, centre), 'float32');
  };
  return { lower: bound(-1), upper: bound(1) };
}

/**
 * Children farther than `epsilon` from their seed are moved along the line between the two. Let g = (n + 8) u bound the relative
 * error of a norm summed by halves (n: how often; Higham, Accuracy and Stability of Numerical Algorithms, chapter 4), and
 * u (|seed| + epsilon) the rounding of seed + change.
 */
function projected(
  p: Program,
  domain: Domain,
  { seeds }: Parents,
  children: Value,
  epsilon: number,
  norm: SummedNorm,
): Value {
  const u = unitRoundoff.float32;
  const g = u * (8 + Math.ceil(Math.log2(domain.size)));
  const room = Math.min(epsilon, greatestFinite.float32) * (1 - g - 4 * u) - lostOf[norm](domain.size);
  // An infinite norm leaves no room: its child becomes the seed.
  const target = p.max(p.sub(room, p.mul(normOf(p, seeds, norm), 4 * u)), 0);
  const change = p.sub(children, seeds);
  const length = normOf(p, change, norm);
  // The norm of a change of subnormals is 0; without room for what it hides the child becomes the seed.
  const share = p.div(p.mul(target, 1 - 2 ** -20), p.max(length, smallestNormal.float32));
  const scaled = p.mul(change, share);
  const towardsZero = (x: Value) => p.mul(p.sign(x), p.floor(p.abs(x)));
  const moved = p.add(seeds, roundWhole(p, domain, scaled, towardsZero));
  return p.where(p.less(length, target), children, moved);
}

type SummedNorm = 'l2' | 'l1';

/** What underflow hides from the norm of so many numbers. */
const lostOf: Readonly<Record<SummedNorm, (size: number) => number>> = {
  l2: (size) => 2 ** -62 * Math.sqrt(size),
  l1: (size) => 2 ** -124 * size,
};

/** Norm of each child, [parents, children, 1, ...]. */
function normOf(p: Program, x: Value, norm: SummedNorm): Value {
  const terms = p.mergeInto(norm === 'l2' ? p.mul(x, x) : p.abs(x), 2);
  const sums = sumByHalves(p, terms);
  const norms = norm === 'l2' ? p.sqrt(sums) : sums;
  return p.reshape(norms, [...x.shape.slice(0, 2), ...elementAxes(x.shape).map(() => 1)]);
}

/**
 * [parents, children, n] -> [parents, children, 1]. Whatever ONNX Runtime sums itself it rounds by the place of the row in memory,
 * and a child that is computed again by itself would not be the one that was judged.
 */
function sumByHalves(p: Program, x: Value): Value {
  const width = Number(x.shape[2]);
  if (width === 1) return x;
  const half = width >> 1;
  const sums = p.add(p.slice(x, 2, 0, half), p.slice(x, 2, half, 2 * half));
  return sumByHalves(p, width % 2 === 0 ? sums : p.concat([sums, p.slice(x, 2, width - 1, width)], 2));
}

const elementAxes = ({ length }: Dims): number[] => Array.from({ length: length - 2 }, (_, axis) => axis + 2);

/** Whether each child changes as few elements as it must, bool [parents, children, 1, ...]; undefined where it may change all. */
function rulesOf(
  p: Program,
  domain: Domain,
  { l0Count, deepHunter }: Limits,
  { seeds }: Parents,
  children: Value,
): Value | undefined {
  const changed = () => {
    const differs = p.cast(p.not(p.equal(children, seeds)), 'float32');
    return p.reduceSum(differs, elementAxes(children.shape));
  };
  const few = l0Count === undefined ? undefined : p.lessOrEqual(changed(), l0Count);
  if (deepHunter === undefined) return few;
  const { alpha, beta, range } = deepHunter;
  const { lower, upper } = ballAround(p, seeds, beta * range);
  const outside = p.max(p.sub(lower, children), p.sub(children, upper));
  const isSmall = p.lessOrEqual(p.reduceMax(outside, elementAxes(children.shape)), 0);
  // The count is whole: it is below a number where it is below the next whole one.
  const valid = p.or(p.less(changed(), Math.ceil(alpha * domain.size)), isSmall);
  return few === undefined ? valid : p.and(few, valid);
}

/** Inputs of one instance. */
export type Box = {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  /** Per element 1 where only whole numbers are valid. */
  readonly integer?: Uint8Array | undefined;
};

/** Whether an input surely is valid: distances are exact for linf, l0 and DeepHunter's rule, and rounded up by some 10^-12 for l2 and l1. */
export function withinLimits(input: Float32Array, seed: Float32Array, limits: Limits, box: Box): boolean {
  return input.every((value, at) => isValid(value, at, box)) && isNear(input, seed, limits);
}

const isValid = (value: number, at: number, { lower, upper, integer }: Box): boolean =>
  value >= (lower[at] as number) &&
  value <= (upper[at] as number) &&
  (integer?.[at] !== 1 || Number.isInteger(value));

function isNear(input: Float32Array, seed: Float32Array, limits: Limits): boolean {
  const { linfEpsilon = Infinity, l2Epsilon = Infinity, l1Epsilon = Infinity } = limits;
  const { l0Count = Infinity, deepHunter } = limits;
  const allWithin = (radius: number) =>
    input.every((value, at) => isWithin(value, seed[at] as number, radius));
  let [changed, squares, sizes] = [0, 0, 0];
  input.forEach((value, at) => {
    const change = value - (seed[at] as number);
    if (change !== 0) changed++;
    squares += change * change;
    sizes += Math.abs(change);
  });
  return (
    changed <= l0Count &&
    squares * (1 + 2 ** -52 * (input.length + 8)) <= l2Epsilon * l2Epsilon * (1 - 2 ** -52) &&
    sizes * (1 + 2 ** -52 * (input.length + 8)) <= l1Epsilon &&
    allWithin(linfEpsilon) &&
    (deepHunter === undefined ||
      changed < deepHunter.alpha * input.length ||
      allWithin(deepHunter.beta * deepHunter.range))
  );
}

/** |a - b| <= radius in real numbers. */
function isWithin(a: number, b: number, radius: number): boolean {
  const near = a - b;
  // Knuth's TwoSum: near + error = a - b exactly.
  const part = near - a;
  const error = a - (near - part) - (b + part);
  return near === radius || -near === radius ? near * error <= 0 : Math.abs(near) < radius;
}
