// Relaxations of linear maps: exact but for rounding. The way back is derived from the way forward.
import { vectorJacobian } from '../program/grad.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { vmap } from '../program/vmap.js';
import { greatestMagnitude } from './lines.js';
import type { RelaxContext } from './operator.js';
import type { Relaxation, RelaxedInput } from './relaxation.js';

/**
 * Transpose of a linear map z -> y without constant part, for rows of coefficients: [rows, ...y] -> [rows, ...z].
 * @param linear may not multiply z by z; what it computes from constants alone is left as it is
 */
export function transposed(
  p: Program,
  linear: (z: Value) => Value,
  z: Value,
): (coefficients: Value) => Value {
  const { dtype, shape } = z;
  const origin = p.input(`#origin ${dtype}[${shape.join()}]`, dtype, shape);
  const y = linear(origin);
  const one = p.input(`#row ${y.dtype}[${y.shape.join()}]`, y.dtype, y.shape);
  const [back = origin] = vectorJacobian(p, y, one, [origin]);
  // Only the shape of z can matter, so that any value of that shape will do.
  const others = new Map([[origin, z]]);
  return (coefficients) => {
    const { value, mapped } = vmap(p, back, new Map([[one, coefficients]]), others);
    return mapped ? value : p.repeatLike(value, coefficients);
  };
}

export type LinearPart = {
  /** Position among the node's inputs. */
  readonly input: number;
  /** z -> its part of y, linear, in static shapes. */
  readonly linear: (z: Value) => Value;
  /** z -> |W| z for z >= 0; left out where no coefficient of the map is negative. */
  readonly absLinear?: (z: Value) => Value;
  /** Elements of y that read one element of z, at most: 1 (the default) for maps that only move and negate. */
  readonly readers?: number;
};

/** y = sum of the parts, computed without rounding, such as a movement of elements. */
export function linearRelaxation(context: RelaxContext, parts: readonly LinearPart[]): Relaxation {
  const { p, rounding } = context;
  const gaps = parts.flatMap(({ input, linear, absLinear = linear, readers = 1 }) => {
    // Coefficients are moved or negated: nothing rounds.
    if (readers <= 1) return [];
    const magnitude = greatestMagnitude(p, context.input(input));
    return [p.mul(absLinear(magnitude), rounding.program(2 * readers + 8))];
  });
  return {
    parts: parts.map((part) => linearPart(context, part)),
    gap: gaps.length === 0 ? undefined : gaps.reduce((sum, gap) => p.add(sum, gap)),
  };
}

function linearPart(context: RelaxContext, { input, linear, readers = 1 }: LinearPart): RelaxedInput {
  const back = transposed(context.p, linear, context.input(input).lower);
  return { input, operations: readers, back: (a) => back(a) };
}
