// Steps along one or a few columns of a table.
import type { Rng } from '../../base/rng.js';
import { tensor } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain } from '../domain.js';
import { hull } from './hull.js';
import { noiseTable, rowOf } from './noise-table.js';
import { fewOf, logUniform, number } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
import { subset } from './subset.js';

const mostColumns = 3;
/** Of a column's range. */
const shares = [2 ** -12, 0.5] as const;

/**
 * Up to three columns move by up to half of their range, whole numbers by whole steps, at least one. Steps that would leave the
 * box go the other way.
 */
export function createTabularStep(domain: Domain, seed: number): BoundedMutator | undefined {
  if (domain.image !== undefined) return undefined;
  const most = Math.min(domain.size, mostColumns);
  const columns = subset(domain, seed, 'tabular-step', [1, most], (rng) => fewOf(rng, most));
  const sample = (rng: Rng) => (rng.uniform() < 0.5 ? -1 : 1) * (0.5 + 0.5 * rng.uniform());
  const table = noiseTable(domain, seed, {
    stream: 'tabular-step-table',
    elements: 2 ** 14,
    leastRows: 8,
    sample,
  });
  const share = number(shares, (rng) => logUniform(rng, ...shares));
  return mutatorOf(
    'tabular-step',
    domain,
    [columns, rowOf(table), share],
    (p, { inputs, lower, upper }, [members, direction, greatest]) => {
      const lengths = p.mul(p.mul(direction, greatest), p.constant(hull(domain).width));
      const step = p.where(members, wholeSteps(p, domain, lengths), 0);
      const moved = p.add(inputs, step);
      const leaves = p.or(p.less(moved, lower), p.greater(moved, upper));
      return p.where(leaves, p.sub(inputs, step), moved);
    },
  );
}

function wholeSteps(p: Program, { integer, shape }: Domain, lengths: Value): Value {
  if (integer === undefined) return lengths;
  const whole = p.mul(p.sign(lengths), p.max(p.round(p.abs(lengths)), 1));
  return p.where(p.constant(tensor('bool', [1, 1, ...shape], integer)), whole, lengths);
}
