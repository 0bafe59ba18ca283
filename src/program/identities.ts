// Expressions that another, shorter one equals exactly in IEEE 754: whatever the operands are, infinities, NaN and zeros of both signs
// included. (The sign of a NaN means nothing, and may differ.)
import { isFloat } from '../base/dtype.js';
import type { Dim, Dims } from './dims.js';
import type { Program } from './program.js';
import { int, ints, only, type Value } from './value.js';

type Rule = (p: Program, inputs: readonly Value[]) => Value | undefined;

/** True of constants that hold this number everywhere, -0 and 0 being two. Long ones are not looked through. */
function holds(value: Value, number: number): boolean {
  const data = value.constant?.data;
  if (data === undefined || data.length === 0 || data.length > longestLook) return false;
  if (value.dtype === 'float16' || value.dtype === 'bfloat16') return false;
  for (const element of data)
    if (typeof element === 'string' || !Object.is(Number(element), number)) return false;
  return true;
}
const longestLook = 64;

const negated = (value: Value): Value | undefined =>
  value.primitive === 'neg' ? only(value.inputs) : undefined;

/**
 * Whether no element is below zero, nor -0: such values are their own magnitude. What few steps do not show is not looked for.
 * @param depth steps that may be looked back
 */
function isMagnitude(value: Value, depth = 6): boolean {
  const { primitive, inputs } = value;
  if (value.constant !== undefined) return isMagnitudeConstant(value);
  if (depth === 0) return false;
  const all = (some: readonly Value[]) => some.every((input) => isMagnitude(input, depth - 1));
  switch (primitive) {
    case 'abs':
      return true;
    case 'add':
    case 'mul':
    case 'max':
    case 'min':
    case 'matmul':
    case 'reduceSum':
    case 'reshape':
    case 'transpose':
      return all(inputs.slice(0, primitive === 'reshape' ? 1 : 2));
    case 'where':
      return all(inputs.slice(1));
    default:
      return false;
  }
}

function isMagnitudeConstant({ constant, dtype }: Value): boolean {
  const data = constant?.data;
  if (data === undefined || data.length > longestLook || !isFloat(dtype)) return false;
  if (dtype !== 'float32' && dtype !== 'float64') return false;
  for (const element of data) if (!(Number(element) >= 0) || Object.is(Number(element), -0)) return false;
  return true;
}

/** x + 0 is 0, not -0, where x is -0. */
const isNeutral = (zero: Value, x: Value): boolean =>
  isFloat(x.dtype)
    ? holds(zero, -0) || (holds(zero, 0) && isMagnitude(x))
    : x.dtype !== 'float16' && holds(zero, 0);

const add: Rule = (p, [a, b]) => {
  if (a === undefined || b === undefined) return undefined;
  if (isNeutral(b, a)) return a;
  if (isNeutral(a, b)) return b;
  const [left, right] = [negated(a), negated(b)];
  if (right !== undefined) return p.sub(a, right);
  return left === undefined ? undefined : p.sub(b, left);
};

const sub: Rule = (p, [a, b]) => {
  if (a === undefined || b === undefined) return undefined;
  if (holds(b, 0)) return a;
  const right = negated(b);
  return right === undefined ? undefined : p.add(a, right);
};

const mul: Rule = (_p, [a, b]) => {
  if (a === undefined || b === undefined) return undefined;
  return holds(b, 1) ? a : holds(a, 1) ? b : undefined;
};

const div: Rule = (_p, [a, b]) => (b !== undefined && holds(b, 1) ? a : undefined);

const abs: Rule = (p, inputs) => {
  const x = only(inputs);
  if (isMagnitude(x)) return x;
  const inner = negated(x);
  return inner && p.abs(inner);
};

/** f(x, x) = x. */
const idempotent: Rule = (_p, [a, b]) => (a === b ? a : undefined);

const rules: Readonly<Record<string, Rule>> = {
  add,
  sub,
  mul,
  div,
  abs,
  neg: (_p, inputs) => negated(only(inputs)),
  max: idempotent,
  min: idempotent,
  and: idempotent,
  or: idempotent,
  where: (_p, [, a, b]) => (a === b ? a : undefined),
};

/** What the primitive of these inputs equals, if it is of the same type; undefined where no rule is known. */
export const simplified: (p: Program, primitive: string, inputs: readonly Value[]) => Value | undefined = (
  p,
  primitive,
  inputs,
) => rules[primitive]?.(p, inputs);

export const isOrder = (order: readonly number[], rank: number): boolean =>
  order.length === rank && new Set(order).size === rank && order.every((axis) => axis >= 0 && axis < rank);

/** Open dimensions that are not where they were: of one at most the size follows from the others. */
const moves = (from: Dims, to: Dims): number =>
  to.filter((dim: Dim, at) => typeof dim === 'string' && dim !== from[at]).length;

/** What to reshape instead of x: that which x is a reshape of, unless sizes would have to be worked out that were not. */
export function reshapedOnce(x: Value, to: Dims): Value {
  if (x.primitive !== 'reshape') return x;
  const source = only(x.inputs);
  const direct = moves(source.shape, to);
  return direct <= Math.min(1, Math.max(moves(source.shape, x.shape), moves(x.shape, to))) ? source : x;
}

/** What is cut into these values along an axis, all of them and in their order. */
export function uncut(values: readonly Value[], axis: number): Value | undefined {
  const { primitive, inputs, attributes } = only(values);
  if (primitive !== 'piece' || int(attributes, 'axis') !== axis) return undefined;
  const [source] = inputs;
  const sizes = ints(attributes, 'sizes');
  const isPiece = (value: Value, at: number) =>
    value.primitive === 'piece' &&
    value.inputs[0] === source &&
    int(value.attributes, 'axis') === axis &&
    int(value.attributes, 'at') === at &&
    ints(value.attributes, 'sizes').join() === sizes.join();
  return values.length === sizes.length && values.every(isPiece) ? source : undefined;
}
