// Whether a finding's input is what its parameters make of its seed: only then does it say anything about the property.
import { sizeOf } from '../../base/shape.js';
import type { Finding, PerturbationOf } from '../../findings/finding.js';
import { transformed } from '../../graph/perturbation/reference.js';
import { type Perturbation, parametersOf } from '../../graph/perturbation/transform.js';
import { isInBall } from '../../policy/ball.js';

export type Origin = {
  /** The row. */
  readonly seed: Float32Array;
  /** What was transformed. */
  readonly source: Float32Array;
};

/** Bit for bit, with parameters in their ranges, of a source near the seed. */
export function isPerturbed(
  input: Float32Array,
  { seed, source }: Origin,
  { linfEpsilon }: Pick<Finding, 'linfEpsilon'>,
  stored: PerturbationOf,
): boolean {
  const how = perturbationOf(stored, input.length);
  if (sizeOf([how.image.channels, how.image.height, how.image.width]) !== input.length) return false;
  const inRange = parametersOf(how).every(({ name, range: [least, greatest], whole }) => {
    const value = stored.parameters[name] ?? Number.NaN;
    return value >= least && value <= greatest && (!whole || Number.isInteger(value));
  });
  const isNear = isInBall(source, seed, { norm: 'linf', epsilon: linfEpsilon ?? 0 });
  if (!inRange || !isNear) return false;
  return transformed(how, stored.parameters, source).every((value, at) => value === input[at]);
}

function perturbationOf({ transform, image, limits }: PerturbationOf, size: number): Perturbation {
  const side = (at: 0 | 1) =>
    Float32Array.from(
      { length: size },
      (_, element) => limits[limits.length === 1 ? 0 : element]?.[at] ?? Number.NaN,
    );
  return { transform, image, lower: side(0), upper: side(1) };
}
