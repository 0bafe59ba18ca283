import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Rng, shuffle } from '../../../src/base/rng.js';
import { clusterThreshold } from '../../../src/fuzz/cluster-threshold.js';
import { type Clustered, createClusters, defaultThreshold } from '../../../src/fuzz/clusters.js';

const width = 16;

/** Points around `blobs` axes, at all lengths; within 0.02 of each other by cosine, and 0.9 and more from other blobs. */
function blobPoints(blobs: number, each: number, rng: Rng): { blob: number; features: Float32Array }[] {
  return Array.from({ length: blobs * each }, (_, at) => {
    const blob = at % blobs;
    const length = 10 ** (4 * rng.uniform() - 2);
    const features = Float32Array.from(
      { length: width },
      (_, axis) => length * ((axis === blob ? 1 : 0) + 0.05 * (rng.uniform() - 0.5)),
    );
    return { blob, features };
  });
}

const robust = (features: Float32Array): Clustered => ({ objective: 'robustness', cluster: 0, features });
const vector = (...values: number[]) => Float32Array.from({ length: width }, (_, at) => values[at] ?? 0);

describe('well separated blobs', () => {
  test.each([1, 2, 7, 16])('%d of them are as many clusters, whatever the order and the lengths', (blobs) => {
    for (const seed of [1, 2, 3]) {
      const rng = createRng(seed);
      const points = shuffle(blobPoints(blobs, 40, rng), rng);
      const clusters = createClusters({ threshold: 0.1 });
      const memberships = points.map(({ features }) => clusters.add(robust(features)));
      expect(clusters.summary().map(({ findings }) => findings)).toEqual(new Array(blobs).fill(40));
      // One cluster per blob and one blob per cluster.
      const pairs = new Set(points.map(({ blob }, at) => `${blob}/${memberships[at]?.cluster}`));
      expect(pairs.size).toBe(blobs);
    }
  });

  test('a cluster is new once, and numbered in order of arrival', () => {
    const points = blobPoints(3, 2, createRng(1));
    const clusters = createClusters({ threshold: 0.1 });
    expect(points.map(({ features }) => clusters.add(robust(features)))).toEqual([
      { cluster: 0, isNew: true },
      { cluster: 1, isNew: true },
      { cluster: 2, isNew: true },
      { cluster: 0, isNew: false },
      { cluster: 1, isNew: false },
      { cluster: 2, isNew: false },
    ]);
  });

  test('the threshold taken from seeds of the same blobs finds the blobs among others', () => {
    const seeds = blobPoints(5, 30, createRng(1));
    const features = Float32Array.from(seeds.flatMap((seed) => [...seed.features]));
    const threshold = clusterThreshold(
      features,
      width,
      seeds.map(({ blob }) => blob),
    );
    expect(threshold).toBeGreaterThan(0.001);
    expect(threshold).toBeLessThan(0.05);
    const clusters = createClusters({ threshold });
    const blobsOf = new Map<number, Set<number>>();
    for (const point of blobPoints(5, 100, createRng(2))) {
      const { cluster } = clusters.add(robust(point.features));
      blobsOf.set(cluster, (blobsOf.get(cluster) ?? new Set()).add(point.blob));
    }
    // Never two blobs in one cluster; what lies apart from its blob's leader may lead a cluster of its own.
    expect([...blobsOf.values()].every((blobs) => blobs.size === 1)).toBe(true);
    const sizes = clusters
      .summary()
      .map(({ findings }) => findings)
      .sort((a, b) => b - a);
    expect(sizes.length).toBeLessThan(10);
    expect(sizes.slice(0, 5).reduce((sum, size) => sum + size, 0)).toBeGreaterThan(450);
  });
});

describe('what is apart whatever the features', () => {
  test.each([
    { objective: 'finite' },
    { cluster: 1 },
    { origin: 3 },
    { features: new Float32Array(8).fill(1) },
  ])('%o', (change) => {
    const clusters = createClusters({ threshold: 2 });
    const finding = robust(new Float32Array(width).fill(1));
    const { cluster } = clusters.add(finding);
    expect(clusters.add({ ...finding, ...change })).toEqual({ cluster: cluster + 1, isNew: true });
    expect(clusters.add(finding)).toEqual({ cluster, isNew: false });
    expect(clusters.summary()).toHaveLength(2);
  });

  test.each([Number.NaN, Infinity, -Infinity])(
    'features with %d are one cluster of their group',
    (strange) => {
      const clusters = createClusters({ threshold: 2 });
      clusters.add(robust(vector(1)));
      expect(clusters.add(robust(vector(1, strange)))).toEqual({ cluster: 1, isNew: true });
      expect(clusters.add(robust(vector(strange, 5)))).toEqual({ cluster: 1, isNew: false });
      expect(clusters.add({ ...robust(vector(strange)), cluster: 7 }).isNew).toBe(true);
      expect(clusters.add(robust(vector(1)))).toEqual({ cluster: 0, isNew: false });
    },
  );

  test('all zero is another', () => {
    const clusters = createClusters({ threshold: 2 });
    const ids = [vector(1), vector(), vector(), vector(Number.NaN)].map(
      (features) => clusters.add(robust(features)).cluster,
    );
    expect(ids).toEqual([0, 1, 1, 2]);
  });
});

const at = (degrees: number) =>
  robust(vector(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)));

test('joins the nearest leader, not the first that is near enough', () => {
  const clusters = createClusters({ threshold: 0.4 });
  // At 0, 60 and 40 degrees: distances 0.23 and 0.06.
  expect([0, 60, 40].map((degrees) => clusters.add(at(degrees)).cluster)).toEqual([0, 1, 1]);
});

test('the greatest float32 features have a direction, and so have the smallest', () => {
  const clusters = createClusters({ threshold: 1e-6 });
  for (const length of [3.4e38, 1e-40, 1]) clusters.add(robust(vector(length, length)));
  expect(clusters.summary().map(({ findings }) => findings)).toEqual([3]);
});

test('the default threshold parts directions more than 18 degrees apart', () => {
  const clusters = createClusters();
  expect([0, 18, 19].map((degrees) => clusters.add(at(degrees)).cluster)).toEqual([0, 0, 1]);
});

test('when there are too many leaders, findings join the nearest', () => {
  const clusters = createClusters({ threshold: 1e-3, mostLeaders: 4 });
  const rng = createRng(1);
  for (let count = 0; count < 500; count++)
    clusters.add(robust(Float32Array.from({ length: width }, () => rng.normal())));
  expect(clusters.summary()).toHaveLength(4);
  expect(clusters.summary().reduce((sum, { findings }) => sum + findings, 0)).toBe(500);
});

test('every member is within the threshold of its leader, and leaders are not of each other', () => {
  const point = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 });
  const cosine = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b));
  fc.assert(
    fc.property(fc.array(point, { maxLength: 60 }), (points) => {
      const clusters = createClusters({ threshold: 0.2 });
      const leaders = new Map<number, number[]>();
      for (const values of points.filter((values) => values.some((value) => value !== 0))) {
        const { cluster, isNew } = clusters.add(robust(Float32Array.from(values)));
        const distances = [...leaders.values()].map((leader) => 1 - cosine(leader, values));
        if (isNew) {
          expect(Math.min(...distances)).toBeGreaterThan(0.2 - 1e-6);
          leaders.set(cluster, values);
        } else
          expect(1 - cosine(leaders.get(cluster) ?? [], values)).toBeLessThan(Math.min(...distances) + 1e-6);
      }
      expect(clusters.summary()).toHaveLength(leaders.size);
    }),
    { seed: 1 },
  );
});

describe('threshold', () => {
  test('by hand: distances within classes only', () => {
    // Class 0: the same direction twice. Class 1: 60 degrees apart. Their cosine distances are 0 and 0.5: quartiles 0 and 0.5.
    const features = Float32Array.of(1, 0, 2, 0, 1, 0, 0.5, Math.sqrt(0.75));
    expect(clusterThreshold(features, 2, [0, 0, 1, 1])).toBeCloseTo(0.5 + 1.5 * 0.5, 6);
    expect(clusterThreshold(features, 2, [0, 0, 1, 2])).toBe(1e-6);
  });

  test('ten mislabelled seeds of a hundred do not stretch it', () => {
    const seeds = blobPoints(1, 100, createRng(3)).map(({ features }) => features);
    for (let at = 5; at < 100; at += 10) seeds[at] = vector(0, 0, 0, 1);
    const features = Float32Array.from(seeds.flatMap((seed) => [...seed]));
    expect(clusterThreshold(features, width, new Array(100).fill(0))).toBeLessThan(0.05);
  });

  test('without two seeds of one class, or without directions, there is a default', () => {
    expect(clusterThreshold(Float32Array.of(1, 0, 0, 1), 2, [0, 1])).toBe(defaultThreshold);
    expect(clusterThreshold(Float32Array.of(0, 0, Number.NaN, 1), 2, [0, 0])).toBe(defaultThreshold);
  });
});
