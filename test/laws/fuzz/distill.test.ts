// Distilling: less, and never less covered.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import { type CalibratedCriterion, rowsIn } from '../../../src/fuzz/coverage/calibrated.js';
import { cellState } from '../../../src/fuzz/coverage/cells.js';
import { layerCovariance } from '../../../src/fuzz/coverage/layer-covariance.js';
import { compare, distill } from '../../../src/fuzz/distill.js';
import { holds } from '../../helpers/laws.js';

/** A cell per column of the profile, covered where it is 1. */
const cells: CalibratedCriterion = {
  name: 'cells',
  profile: () => undefined,
  createState: ({ width }) => stateOf(width),
  calibrate: ({ width }) => stateOf(width),
};
const stateOf = (width: number) =>
  cellState({
    name: 'cells',
    count: width,
    noun: 'cells',
    cellsOf(profile, into) {
      const cells = [...profile.keys()].filter((cell) => profile[cell] === 1);
      into.set(cells);
      return cells.length;
    },
    feeds: () => ({}),
  });

const corpora = fc.tuple(
  fc.nat(),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 30 }),
  fc.double({ min: 0.02, max: 0.6, noNaN: true }),
);

function randomCells(seed: number, count: number, width: number, density: number) {
  const rng = createRng(seed, 'cells');
  const profiles = Float32Array.from({ length: count * width }, () => (rng.uniform() < density ? 1 : 0));
  const parents = Int32Array.from({ length: count }, (_, at) => (at < 3 ? -1 : rng.below(at)));
  return { profiles, parents };
}

const union = (profiles: Float32Array, width: number, entries: readonly number[]) =>
  Array.from({ length: width }, (_, cell) => entries.some((entry) => profiles[entry * width + cell] === 1));

test('cells: the same union, in ascending order, and the same again', () =>
  holds(
    corpora,
    async ([seed, count, width, density]) => {
      const { profiles, parents } = randomCells(seed, count, width, density);
      const seen = [{ criterion: cells, profiles }];
      const kept = distill(seen, parents, 1);
      expect(union(profiles, width, kept)).toEqual(union(profiles, width, [...parents.keys()]));
      expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
      expect(distill(seen, parents, 1)).toEqual(kept);
      expect(compare(seen, parents, kept)).toMatchObject([{ criterion: 'cells', equal: true }]);
      // Without any one of them something would be missing, so nothing smaller is a part of it.
      if (kept.length > 0) expect(compare(seen, parents, kept.slice(1))).toMatchObject([{ equal: false }]);
    },
    60,
  ));

test('cells: near the least that covers all, by trying all parts', () => {
  let [found, least] = [0, 0];
  for (let seed = 0; seed < 25; seed++) {
    const [count, width] = [10, 14];
    const { profiles, parents } = randomCells(seed, count, width, 0.25);
    const all = union(profiles, width, [...parents.keys()]).join();
    const sizes = Array.from({ length: 2 ** count }, (_, mask) =>
      Array.from({ length: count }, (__, at) => at).filter((at) => (mask >> at) & 1),
    ).flatMap((part) => (union(profiles, width, part).join() === all ? [part.length] : []));
    found += distill([{ criterion: cells, profiles }], parents, 1).length;
    least += Math.min(...sizes);
  }
  expect(found).toBeGreaterThanOrEqual(least);
  expect(found).toBeLessThanOrEqual(1.05 * least);
});

describe('distances', () => {
  const width = 2;
  const points = (seed: number, count: number) => {
    const rng = createRng(seed, 'points');
    return Float32Array.from({ length: count * width }, () => rng.uniform());
  };
  const distance = (a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()) =>
    Math.hypot(...a.map((value, at) => value - (b[at] ?? 0)));

  test('a net: those kept are farther apart than the threshold, all others within it of one of them', () =>
    holds(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 60 })), async ([seed, count]) => {
      const profiles = points(seed, count);
      const parents = new Int32Array(count).fill(-1);
      const kept = distill([{ criterion: activationDistance({ threshold: 0.2 }), profiles }], parents, 1);
      const rows = rowsIn(profiles, width);
      for (const [at, row] of rows.entries()) {
        const others = kept.filter((entry) => entry !== at).map((entry) => distance(row, rows[entry]));
        if (kept.includes(at)) expect(Math.min(...others)).toBeGreaterThan(0.2 - 1e-6);
        else expect(Math.min(...others)).toBeLessThan(0.2 + 1e-6);
      }
    }));

  test('without a threshold, the usual distance from parents is taken', () => {
    const profiles = points(3, 100);
    const near = Int32Array.from({ length: 100 }, (_, at) => at - 1);
    const kept = distill([{ criterion: activationDistance(), profiles }], near, 1);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(50);
  });
});

test('several criteria: each is covered', () =>
  holds(
    corpora,
    async ([seed, count, width, density]) => {
      const { profiles, parents } = randomCells(seed, count, width, density);
      const others = randomCells(seed + 1, count, width, density).profiles;
      const seen = [
        { criterion: cells, profiles },
        { criterion: cells, profiles: others },
        { criterion: activationDistance({ threshold: 1.5 }), profiles },
      ];
      const kept = distill(seen, parents, 1);
      expect(compare(seen, parents, kept).map(({ equal }) => equal)).toEqual([true, true, true]);
    },
    20,
  ));

test('a criterion that counts every input is found out', () => {
  const rng = createRng(1, 'covariance');
  const [count, neurons] = [40, 5];
  // Neurons, then the width of the one layer, then the number of layers.
  const profiles = Float32Array.from({ length: count * (neurons + 2) }, (_, at) => {
    const column = at % (neurons + 2);
    return column < neurons ? rng.normal() : column === neurons ? neurons : 1;
  });
  const parents = new Int32Array(count).fill(-1);
  const seen = [{ criterion: layerCovariance(), profiles }];
  const kept = distill(seen, parents, 1);
  expect(kept.length).toBeLessThan(count);
  expect(compare(seen, parents, kept)).toMatchObject([{ equal: false }]);
});
