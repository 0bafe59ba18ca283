// Noise on few elements: anywhere, or next to each other.
import type { Rng } from '../../base/rng.js';
import type { Domain } from '../domain.js';
import { noiseTable, rowOf } from './noise-table.js';
import { amplitude, fewOf, number } from './numbers.js';
import { type BoundedMutator, mutatorOf, type Part } from './parts.js';
import { region } from './region.js';
import { subset } from './subset.js';

/** A 16th of the elements at most, often one alone, each by up to the width. */
export function createSparseNoise(domain: Domain, seed: number): BoundedMutator {
  const most = Math.ceil(domain.size / 16);
  return localNoise(
    'sparse-noise',
    domain,
    seed,
    subset(domain, seed, 'sparse-noise', [1, most], (rng) => fewOf(rng, most)),
  );
}

/** A rectangle of up to half of each side (of a table: a run of columns), each element by up to the width. */
export const createPatchNoise = (domain: Domain, seed: number): BoundedMutator =>
  localNoise('patch-noise', domain, seed, region(domain, 0.5));

function localNoise(name: string, domain: Domain, seed: number, where: Part): BoundedMutator {
  const sample = (rng: Rng) => 2 * rng.uniform() - 1;
  const table = noiseTable(domain, seed, {
    stream: `${name}-table`,
    elements: 2 ** 16,
    leastRows: 8,
    sample,
  });
  const share = number([2 ** -6, 1], (rng) => amplitude(rng, 1));
  return mutatorOf(
    name,
    domain,
    [where, rowOf(table), share],
    (p, { inputs, width }, [members, noise, greatest]) => {
      const change = p.where(members, p.mul(noise, greatest), 0);
      return p.add(inputs, p.mul(change, width));
    },
  );
}
