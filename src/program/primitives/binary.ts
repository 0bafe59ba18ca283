// Element-wise functions of two arguments, with broadcasting.
import { broadcastDims } from '../dims.js';
import { emitOne, type Primitive } from '../primitive.js';
import type { Program } from '../program.js';
import { ProgramError } from '../program-error.js';
import { pair, type Typed, type Value } from '../value.js';

type Derivative = (
  p: Program,
  a: Value,
  b: Value,
  y: Value,
  dy: Value,
) => readonly [Value | undefined, Value | undefined];

function inferBinary(type: string, inputs: readonly Value[]): Typed {
  const [a, b] = pair(inputs);
  if (a.dtype !== b.dtype) throw new ProgramError(`${type} of ${a.dtype} and ${b.dtype}`);
  return { dtype: a.dtype, shape: broadcastDims(a.shape, b.shape) };
}

/** The derivative is written without regard to broadcasting; the sums over stretched axes are added here. */
function binary(type: string, derivative: Derivative): Primitive {
  return {
    infer: (inputs) => inferBinary(type, inputs),
    emit: (emitter, _value, inputs) => emitOne(emitter, type, inputs),
    gradient: (p, value, dy) => {
      const [a, b] = pair(value.inputs);
      const [da, db] = derivative(p, a, b, value, dy);
      return [da && p.sumTo(da, a.shape), db && p.sumTo(db, b.shape)];
    },
  };
}

/** Comparisons (and, for `bool` operands, logic): boolean, no derivative. */
const relation = (type: string, operands?: 'bool'): Primitive => ({
  infer: (inputs) => {
    const { dtype, shape } = inferBinary(type, inputs);
    if (operands !== undefined && dtype !== operands)
      throw new ProgramError(`${type} takes ${operands}, not ${dtype}`);
    return { dtype: 'bool', shape };
  },
  emit: (emitter, _value, inputs) => emitOne(emitter, type, inputs),
});

/** At a tie the whole gradient goes to the first argument. */
const selecting =
  (first: (p: Program, a: Value, b: Value) => Value): Derivative =>
  (p, a, b, _y, dy) => {
    const chosen = first(p, a, b);
    return [p.where(chosen, dy, 0), p.where(chosen, 0, dy)];
  };

/** [...a] and [...b] -> their broadcast shape; both of one dtype. */
export const binaryPrimitives = {
  add: binary('Add', (_p, _a, _b, _y, dy) => [dy, dy]),
  sub: binary('Sub', (p, _a, _b, _y, dy) => [dy, p.neg(dy)]),
  mul: binary('Mul', (p, a, b, _y, dy) => [p.mul(dy, b), p.mul(dy, a)]),
  div: binary('Div', (p, _a, b, y, dy) => [p.div(dy, b), p.neg(p.div(p.mul(dy, y), b))]),
  /** a to the power of b. The derivative by b is that for a > 0. */
  pow: binary('Pow', (p, a, b, y, dy) => [
    p.mul(dy, p.mul(b, p.pow(a, p.sub(b, 1)))),
    p.mul(dy, p.mul(y, p.log(a))),
  ]),
  max: binary(
    'Max',
    selecting((p, a, b) => p.greaterOrEqual(a, b)),
  ),
  min: binary(
    'Min',
    selecting((p, a, b) => p.lessOrEqual(a, b)),
  ),
  greater: relation('Greater'),
  greaterOrEqual: relation('GreaterOrEqual'),
  less: relation('Less'),
  lessOrEqual: relation('LessOrEqual'),
  equal: relation('Equal'),
  and: relation('And', 'bool'),
  or: relation('Or', 'bool'),
} satisfies Record<string, Primitive>;
