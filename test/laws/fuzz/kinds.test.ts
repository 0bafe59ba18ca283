// Kinds are told apart for any number of objectives, instances and clusters.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, createKinds } from '../../../src/fuzz/kinds.js';
import { SEED } from '../../helpers/laws.js';

/** Numbers as far apart as they come, and near those that meet when clusters are cut to 24 or 32 bits or lose their sign. */
const numberBelow = (count: number) =>
  fc.oneof(
    fc.nat(count - 1),
    fc.nat(Math.min(count - 1, 3)),
    fc.nat(3).map((below) => Math.max(0, count - 1 - below)),
  );
const cluster = fc
  .tuple(fc.constantFrom(0, 2 ** 16, 2 ** 24, 2 ** 30), fc.nat(3), fc.boolean())
  .map(([base, offset, isNegative]) => (isNegative ? -1 : 1) * (base + offset));

const places = fc.integer({ min: 1, max: 2 ** 26 }).chain((instances) =>
  fc.record({
    instances: fc.constant(instances),
    list: fc.array(fc.tuple(numberBelow(60), numberBelow(instances), cluster), { maxLength: 60 }),
  }),
);

test('a refusal of one kind is none of any other', () => {
  fc.assert(
    fc.property(places, ({ instances, list }) => {
      const kinds = createKinds(instances, true);
      const refusals = new Map<string, number>();
      for (const place of list) {
        answer(kinds.of(...place), undefined, false);
        refusals.set(place.join('/'), (refusals.get(place.join('/')) ?? 0) + 1);
      }
      for (const place of list) expect(kinds.of(...place).refused).toBe(refusals.get(place.join('/')));
    }),
    { seed: SEED, numRuns: 300 },
  );
});
