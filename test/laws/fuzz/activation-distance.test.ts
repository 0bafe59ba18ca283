// The nearest neighbour found by one product in the graph, and the distance to the parent, against plain loops.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import type { Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { holds } from '../../helpers/laws.js';
import { randomTensor, smallMlp } from '../../unit/fuzz/networks.js';
import { questions, type Rows, rowOf } from './screens.js';

const recipe = fc.record({
  network: fc.nat(1000),
  seeds: fc.integer({ min: 1, max: 12 }),
  rows: fc.integer({ min: 1, max: 20 }),
  draw: fc.nat(1e6),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

const squared = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0);
const thresholdOf = ({ feeds }: Snapshot) => Number(feeds['activation-distance:squared-threshold']?.data[0]);

/** A corpus of random seeds, and some random rows to ask about. */
async function drawn({ network, seeds, rows, draw }: Recipe) {
  const asked = await questions(activationDistance(), await smallMlp(network));
  const [start, inputs] = [randomTensor([seeds, 4], draw), randomTensor([rows, 4], draw + 1)];
  const [before, after] = [await asked.profile(start), await asked.profile(inputs)];
  const mutants = await asked.profile(randomTensor([seeds, 4], draw + 2));
  const state = activationDistance().createState({
    seeds: before.data,
    mutants: mutants.data,
    width: before.width,
  });
  return { asked, start, inputs, before, after, state, snapshot: state.snapshot() };
}

const nearest = (row: Float32Array, corpus: Rows, seeds: number): number =>
  Math.min(...Array.from({ length: seeds }, (_, seed) => squared(row, rowOf(corpus, seed))));

test('novelty is the squared distance to the nearest of the corpus, less the threshold', () =>
  holds(recipe, async (made) => {
    const { asked, inputs, before, after, snapshot } = await drawn(made);
    const novelty = await asked.novelty(inputs, snapshot);
    novelty.forEach((value, row) => {
      const distance = nearest(rowOf(after, row), before, made.seeds);
      expect(Math.abs(value + thresholdOf(snapshot) - distance)).toBeLessThan(1e-4);
    });
  }));

test('suspicion is the squared distance to the parent, less the threshold, and never less than novelty', () =>
  holds(recipe, async (made) => {
    const { asked, inputs, before, after, state, snapshot } = await drawn(made);
    // Parents of the batch are entries of the corpus in any order.
    const entries = Int32Array.from({ length: made.seeds }, (_, at) => made.seeds - 1 - at);
    const parents = Array.from({ length: made.rows }, (_, row) => (row * 7) % made.seeds);
    const suspicion = await asked.suspicion(inputs, parents, snapshot, state.parentFeeds?.(entries));
    const novelty = await asked.novelty(inputs, snapshot);
    suspicion.forEach((value, row) => {
      const distance = squared(rowOf(after, row), rowOf(before, entries[parents[row] ?? 0] ?? 0));
      expect(Math.abs(value + thresholdOf(snapshot) - distance)).toBeLessThan(1e-5);
      expect(value).toBeGreaterThanOrEqual((novelty[row] ?? Number.NaN) - 1e-4);
    });
  }));

test('a seed itself is never new', () =>
  holds(recipe, async (made) => {
    const { asked, start, before } = await drawn(made);
    // A threshold far below what mutations do, above the rounding of distances.
    const state = activationDistance().createState({
      seeds: before.data,
      mutants: before.data.map((value) => value + 0.01),
      width: before.width,
    });
    for (const value of await asked.novelty(start, state.snapshot())) expect(value).toBeLessThanOrEqual(0);
  }));

test('what kin shows to be known is not new, and profiles are compared as inputs are', () =>
  holds(recipe, async (made) => {
    const { asked, inputs, after, state, snapshot } = await drawn(made);
    const novelty = await asked.novelty(inputs, snapshot);
    const compared = await asked.compare(after, snapshot);
    const siblings = Array.from({ length: made.seeds }, (_, entry) => entry);
    novelty.forEach((value, row) => {
      expect(Math.abs((compared[row] ?? Number.NaN) - value)).toBeLessThan(1e-5);
      const isKnown = (known: readonly number[]) =>
        state.isKnown?.(rowOf(after, row), { parent: known[0] ?? 0, siblings: known }, snapshot);
      // All of the corpus settles every row, up to rounding; less of it never more.
      if (Math.abs(value) > 1e-4) expect(isKnown(siblings)).toBe(value < 0);
      if (isKnown(siblings.slice(0, 1))) expect(value).toBeLessThan(1e-4);
    });
    const strange = new Float32Array(after.width).fill(Number.NaN);
    expect(state.isKnown?.(strange, { parent: 0, siblings }, snapshot)).toBe(false);
  }));

test('entries that the snapshot does not have make nothing known', () =>
  holds(recipe, async (made) => {
    const { after, state, snapshot } = await drawn(made);
    const row = rowOf(after, 0);
    const kin = { parent: made.seeds, siblings: [made.seeds] };
    state.add(row, true);
    expect(state.isKnown?.(row, kin, snapshot)).toBe(false);
    expect(state.isKnown?.(row, kin, { ...snapshot, size: made.seeds + 1 })).toBe(true);
  }));
