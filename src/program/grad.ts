// Reverse-mode differentiation on programs (Griewank and Walther, Evaluating Derivatives, ch. 3).
import { isFloat } from '../base/dtype.js';
import { primitiveOf } from './primitives/index.js';
import type { Program } from './program.js';
import { NotDifferentiable, ProgramError } from './program-error.js';
import { reachable, type Value } from './value.js';

/**
 * Gradient of the sum of all elements of `loss` with respect to each of `wrt`, in their shapes; zero where the loss does
 * not depend on them. What counts as constant (sign, rounding, comparisons, indices) has derivative zero.
 * @throws NotDifferentiable where a primitive between them has no derivative rule
 * @throws ProgramError where the loss is not a float
 */
export function grad(p: Program, loss: Value, wrt: readonly Value[]): Value[] {
  if (!isFloat(loss.dtype)) throw new ProgramError(`no gradient of a ${loss.dtype} value`);
  return vectorJacobian(p, loss, p.fillLike(loss, 1), wrt);
}

/** As `grad`, of sum(dy * y) with dy in the shape of y. */
export function vectorJacobian(p: Program, y: Value, dy: Value, wrt: readonly Value[]): Value[] {
  const onPath = between(y, new Set(wrt));
  const adjoints = new Map<Value, Value>([[y, dy]]);
  for (const value of [...onPath].reverse()) {
    const adjoint = adjoints.get(value);
    if (adjoint !== undefined) pushBack(p, value, adjoint, onPath, adjoints);
  }
  return wrt.map((value) => adjoints.get(value) ?? p.fillLike(value, 0));
}

/** Adds what reaches the inputs of `value` on the path to their adjoints. */
function pushBack(
  p: Program,
  value: Value,
  dy: Value,
  onPath: ReadonlySet<Value>,
  adjoints: Map<Value, Value>,
): void {
  const wanted = value.inputs.map((input) => onPath.has(input) && isDifferentiable(input));
  if (!wanted.includes(true)) return;
  const { gradient } = primitiveOf(value.primitive);
  if (gradient === undefined)
    throw new NotDifferentiable(`${value.foreign?.type ?? value.primitive} has no derivative`);
  const parts = gradient(p, value, dy, wanted);
  value.inputs.forEach((input, at) => {
    const part = parts[at];
    if (part === undefined || !wanted[at]) return;
    const sum = adjoints.get(input);
    adjoints.set(input, sum === undefined ? part : p.add(sum, part));
  });
}

/** The derivative of the first of some losses that has one; undefined where none does. */
export function firstGradient(p: Program, losses: readonly Value[], x: Value): Value | undefined {
  for (const loss of losses) {
    try {
      return grad(p, loss, [x])[0];
    } catch (error) {
      if (!(error instanceof NotDifferentiable)) throw error;
    }
  }
  return undefined;
}

/** Rounding to float16 and back is passed through (Bengio et al., arXiv 1308.3432): adjoints of float16 values stay wide. */
const isDifferentiable = ({ dtype }: Value): boolean => isFloat(dtype) || dtype === 'float16';

/** Values on a path from `targets` to `loss`, both included, inputs before their users. */
function between(loss: Value, targets: ReadonlySet<Value>): Set<Value> {
  const found = new Set<Value>();
  for (const value of reachable([loss])) {
    // Nothing is differentiated through integers.
    const depends = value.inputs.some((input) => found.has(input) && isDifferentiable(input));
    if (targets.has(value) || depends) found.add(value);
  }
  return found;
}
