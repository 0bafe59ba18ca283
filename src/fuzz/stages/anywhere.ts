// Points anywhere in the box, whatever the entry: where climbs start that are to end elsewhere.
import type { Domain } from '../domain.js';
import type { Mutator } from '../mutators/mutator.js';
import { noiseTable, rowsOf } from '../mutators/noise-table.js';
import { indexAt } from '../mutators/parts.js';

const elements = 2 ** 16;
const leastRows = 64;

/** Uniform in the box: the fraction of the sum of two uniform rows is uniform, so that r rows make r^2 / 2 points. */
export function createAnywhere(domain: Domain, seed: number): Mutator {
  const table = noiseTable(domain, seed, {
    stream: 'anywhere',
    elements,
    leastRows,
    sample: (rng) => rng.uniform(),
  });
  const rows = rowsOf(table);
  return {
    name: 'anywhere',
    parameters: 2,
    drawn: 'per child',
    draw(parameters, at, rng) {
      parameters[at] = rng.below(rows);
      parameters[at + 1] = rng.below(rows);
    },
    encode(p, { lower, width }, parameters) {
      const row = (at: number) => p.gather(p.constant(table), indexAt(p, parameters, at), 0);
      const sum = p.add(row(0), row(1));
      return p.add(lower, p.mul(p.sub(sum, p.floor(sum)), width));
    },
  };
}
