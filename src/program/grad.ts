// Reverse-mode differentiation on programs (Griewank and Walther, Evaluating Derivatives, ch. 3).
import { isFloat } from '../base/dtype.js';
import { primitiveOf } from './primitives/index.js';
import type { Program } from './program.js';
import { NotDifferentiable } from './program-error.js';
import type { Value } from './value.js';

/**
 * Gradient of the sum of all elements of `loss` with respect to each of `wrt`, in their shapes.
 * @throws NotDifferentiable where a primitive between them has no derivative rule
 */
export function grad(p: Program, loss: Value, wrt: readonly Value[]): Value[] {
  const order = between(loss, new Set(wrt));
  const adjoints = new Map<Value, Value>([[loss, p.fillLike(loss, 1)]]);
  for (const value of order) {
    const dy = adjoints.get(value);
    if (dy !== undefined) pushBack(p, value, dy, new Set(order), adjoints);
  }
  return wrt.map((value) => adjoints.get(value) ?? p.fillLike(value, 0));
}

function pushBack(
  p: Program,
  value: Value,
  dy: Value,
  relevant: ReadonlySet<Value>,
  adjoints: Map<Value, Value>,
): void {
  const { gradient } = primitiveOf(value.primitive);
  const needed = value.inputs.filter((input) => relevant.has(input) && isFloat(input.dtype));
  if (needed.length === 0) return;
  if (gradient === undefined)
    throw new NotDifferentiable(`${value.foreign?.type ?? value.primitive} has no derivative`);
  const contributions = gradient(p, value, dy);
  value.inputs.forEach((input, at) => {
    const part = contributions[at];
    if (part === undefined || !relevant.has(input)) return;
    const sum = adjoints.get(input);
    adjoints.set(input, sum === undefined ? part : p.add(sum, part));
  });
}

/** Values on a path from `targets` to `loss`, both included, users before their inputs. */
function between(loss: Value, targets: ReadonlySet<Value>): Value[] {
  const reaches = new Map<Value, boolean>();
  const visit = (value: Value): boolean => {
    const known = reaches.get(value);
    if (known !== undefined) return known;
    // Every input is visited: a short-circuit would leave paths out.
    const below = value.inputs.map(visit).some(Boolean);
    const result = below || targets.has(value);
    reaches.set(value, result);
    return result;
  };
  visit(loss);
  return [...reaches]
    .filter(([, reached]) => reached)
    .map(([value]) => value)
    .sort((a, b) => b.id - a.id);
}
