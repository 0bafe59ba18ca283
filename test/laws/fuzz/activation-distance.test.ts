// The nearest neighbour found by one product in the graph, against a plain search.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import { holds } from '../../helpers/laws.js';
import { randomTensor, smallMlp } from '../../unit/fuzz/networks.js';
import { rowOf, screenOf } from './screens.js';

const recipe = fc.record({
  network: fc.nat(1000),
  seeds: fc.integer({ min: 1, max: 12 }),
  rows: fc.integer({ min: 1, max: 20 }),
  draw: fc.nat(1e6),
});

const squared = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0);

test('novelty is the squared distance to the nearest seed, less the threshold', () =>
  holds(recipe, async ({ network, seeds, rows, draw }) => {
    const model = await smallMlp(network);
    const screen = await screenOf(activationDistance, model);
    if (screen === undefined) throw new Error('no screen');
    const [start, inputs] = [randomTensor([seeds, 4], draw), randomTensor([rows, 4], draw + 1)];
    const [before, after] = [await screen.profile(start), await screen.profile(inputs)];
    const mutants = await screen.profile(randomTensor([seeds, 4], draw + 2));
    const state = activationDistance.createState({
      seeds: before.data,
      mutants: mutants.data,
      width: before.width,
    });
    const snapshot = state.snapshot();
    const threshold = Number(snapshot.feeds['activation-distance:squared-threshold']?.data[0]);
    const novelty = await screen.novelty(inputs, snapshot);
    for (let row = 0; row < rows; row++) {
      const distances = Array.from({ length: seeds }, (_, seed) =>
        squared(rowOf(after, row), rowOf(before, seed)),
      );
      expect(Math.abs((novelty[row] ?? Number.NaN) + threshold - Math.min(...distances))).toBeLessThan(1e-4);
    }
  }));

test('a seed itself is never new', () =>
  holds(recipe, async ({ network, seeds, draw }) => {
    const screen = await screenOf(activationDistance, await smallMlp(network));
    if (screen === undefined) throw new Error('no screen');
    const start = randomTensor([seeds, 4], draw);
    const { data, width } = await screen.profile(start);
    // Mutants like their seeds: the threshold is as small as it can be.
    const state = activationDistance.createState({ seeds: data, mutants: data, width });
    for (const novelty of await screen.novelty(start, state.snapshot()))
      expect(novelty).toBeLessThanOrEqual(0);
  }));
