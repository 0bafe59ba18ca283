// Two inputs of the corpus made into one.
import type { Domain } from '../domain.js';
import { amplitude, number } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
import { region } from './region.js';
import { subset } from './subset.js';
import { towards } from './towards.js';

/** A rectangle, of tables a run of columns, comes from the partner. */
export function createSplice(domain: Domain): BoundedMutator | undefined {
  if (domain.size < 2) return undefined;
  return mutatorOf('splice', domain, [region(domain, 1)], (p, { inputs, partners }, [members]) =>
    p.where(members, partners, inputs),
  );
}

/** Each element comes from the parent or from the partner; from one up to all but one. */
export function createCrossover(domain: Domain, seed: number): BoundedMutator | undefined {
  const most = domain.size - 1;
  if (most < 1) return undefined;
  const members = subset(domain, seed, 'crossover', [1, most], (rng) => 1 + rng.below(most));
  return mutatorOf('crossover', domain, [members], (p, { inputs, partners }, [fromPartner]) =>
    p.where(fromPartner, partners, inputs),
  );
}

/** Every element goes the same share of the way to the partner, a 64th of it up to all. */
export const createBlend = (domain: Domain): BoundedMutator =>
  mutatorOf(
    'blend',
    domain,
    [number([2 ** -6, 1], (rng) => amplitude(rng, 1))],
    (p, { inputs, partners }, [share]) => towards(p, inputs, partners, share),
  );
