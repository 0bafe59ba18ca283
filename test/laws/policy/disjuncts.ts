// Whether a point lies in a disjunct, term by term as its docstring says.
import type { Disjunct, Terms } from '../../../src/policy/vnnlib/property.js';

const dot = ({ indices, coefficients }: Terms, values: readonly number[]): number =>
  indices.reduce(
    (sum, index, at) => sum + (coefficients[at] ?? Number.NaN) * (values[index] ?? Number.NaN),
    0,
  );

export const contains = (
  { lower, upper, constraints }: Disjunct,
  x: readonly number[],
  y: readonly number[],
): boolean =>
  x.every((value, at) => (lower[at] ?? Number.NaN) <= value && value <= (upper[at] ?? Number.NaN)) &&
  constraints.every(({ inputs, outputs, bound, strict }) => {
    const value = dot(inputs, x) + dot(outputs, y);
    return strict ? value < bound : value <= bound;
  });
