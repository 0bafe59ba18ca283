// Ends of the box: where piecewise linear networks are at their worst.
import type { Rng } from '../../base/rng.js';
import type { Domain } from '../domain.js';
import { fewOf } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
import { subset } from './subset.js';

/** Elements, from one to all, go to an end of their box: all to the lower, all to the upper, or each to either. */
export function createCorners(domain: Domain, seed: number): BoundedMutator {
  const { size } = domain;
  const members = subset(domain, seed, 'corners', [1, size], (rng) =>
    rng.uniform() < 0.5 ? fewOf(rng, size) : 1 + rng.below(size),
  );
  const raised = subset(domain, seed, 'corner-sides', [0, size], (rng: Rng) => {
    const side = rng.below(4);
    return side === 0 ? 0 : side === 1 ? size : rng.below(size + 1);
  });
  return mutatorOf('corners', domain, [members, raised], (p, { inputs, lower, upper }, [moved, isUpper]) =>
    p.where(moved, p.where(isUpper, upper, lower), inputs),
  );
}
