// Bisection: a known boundary is located, and models that differ only next to it are told apart.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { betweenProgram } from '../../../../src/fuzz/programs/between.js';
import { tablesOf } from '../../../../src/fuzz/programs/mutation.js';
import { bisect } from '../../../../src/fuzz/stages/bisect.js';
import { inline } from '../../../helpers/programs.js';
import { firstAbove } from '../encodes.js';
import { unitSet } from '../networks.js';
import { runFuzz, targetOf } from '../runs.js';
import { threshold } from './ramps.js';

const seeds = float32([-0.9, 0.1, -0.5, -0.7], [2, 2]);
const set = unitSet(seeds, true);
const boundary = Math.fround(0.3);
/** Of float32 numbers in [0.25, 0.5). */
const ulp = 2 ** -25;

const model = await threshold(boundary);
const sides = objectives.robustness(model);
const near = objectives.agreement(model, await threshold(boundary + 1e-5));

async function programFor(encode: Parameters<typeof targetOf>[0], changes = {}) {
  const target = targetOf(encode, set, changes);
  const program = await betweenProgram(target, inline.share(tablesOf(target)), inline);
  return { target, program };
}

describe('a boundary at 0.3', () => {
  test.each([
    [0.2, 0.7],
    [0.95, -0.95],
    [0.299, 0.3001],
  ])('between %d and %d is located to float32 precision', async (start, end) => {
    const { target, program } = await programFor(sides);
    if (program === undefined) throw new Error('robustness has sides');
    const crossing = {
      row: 0,
      from: Float32Array.of(start, 0.1),
      to: Float32Array.of(end, 0.2),
      side: start > boundary ? 1 : 0,
      seed: 1,
      parent: 1,
    };
    const visits = await bisect.run(program, [crossing], target, bisect.stepsPerCrossing);
    expect(visits).toHaveLength(bisect.stepsPerCrossing);
    const points = await Promise.all(visits.map(async (visit) => (await visit.inputs([0]))[0] ?? Number.NaN));
    const below = Math.max(start < end ? start : end, ...points.filter((point) => point <= boundary));
    const above = Math.min(start < end ? end : start, ...points.filter((point) => point > boundary));
    // Of a segment of length w the last of 24 halvings leaves w 2^-24, and rounding an ulp.
    const within = Math.abs(end - start) * 2 ** -24 + ulp;
    expect(above - below).toBeLessThanOrEqual(within);
    expect(below).toBeLessThanOrEqual(boundary);
    visits.forEach(({ screened }, at) => {
      expect(screened.side?.[0]).toBe((points[at] ?? 0) > boundary ? 1 : 0);
    });
    expect(visits.flatMap(({ proposed }) => proposed)).toEqual([0]);
  });

  test('segments as long as float32 itself', async () => {
    const { target, program } = await programFor(sides);
    const greatest = 3.4028234663852886e38;
    const crossing = { row: 0, side: 0, seed: 0, parent: 0 };
    const ends = { from: Float32Array.of(-greatest, 0), to: Float32Array.of(greatest, 0) };
    const visits = await bisect.run(program ?? expect.fail(), [{ ...crossing, ...ends }], target, 8);
    for (const visit of visits) expect((await visit.inputs([0])).every(Number.isFinite)).toBe(true);
  });
});

test('an objective without sides has no bisection', async () => {
  expect((await programFor(firstAbove(0.5))).program).toBeUndefined();
});

describe('limits on the way', () => {
  const ends = { from: Float32Array.of(-0.9, 0.6), to: Float32Array.of(0.6, 0.1) };
  const crossing = { row: 0, side: 0, seed: 0, parent: 0, ...ends };

  test('points between inputs that differ in one element each differ in one', async () => {
    const { target, program } = await programFor(sides, { limits: { l0Count: 1 } });
    const visits = await bisect.run(program ?? expect.fail(), [crossing], target, 24);
    for (const visit of visits) {
      const [x, y] = await visit.inputs([0]);
      expect([x === seeds.data[0], y === seeds.data[1]]).toContain(true);
    }
  });

  test('whole numbers stay whole', async () => {
    const { target } = await programFor(sides);
    const domain = { ...target.domain, integer: Uint8Array.of(0, 1) };
    const { program } = await programFor(sides, { domain });
    const whole = { ...crossing, from: Float32Array.of(-0.9, -1), to: Float32Array.of(0.9, 1) };
    const visits = await bisect.run(program ?? expect.fail(), [whole], target, 24);
    for (const visit of visits) expect(Number.isInteger((await visit.inputs([0]))[1])).toBe(true);
  });
});

describe('two models whose boundaries are 1e-5 apart', () => {
  const run = (gradients: 'none' | 'ascent' | 'ascent and bisection', seed: number) =>
    runFuzz(near, set, { gradients, seed, executions: 2000, criteria: [] });

  test.each([1, 2, 3, 4, 5])('bisection finds where they disagree, seed %d', async (seed) => {
    const { hits } = await run('ascent and bisection', seed);
    expect(hits).toHaveLength(2);
    for (const { input, lineage } of hits) {
      expect(input[0]).toBeGreaterThan(boundary);
      expect(input[0]).toBeLessThanOrEqual(boundary + 1.1e-5);
      expect(lineage.by).toBe('bisection');
    }
  });

  test.each(['none', 'ascent'] as const)('what does not bisect seldom does: %s', async (gradients) => {
    const seedsOfRuns = [1, 2, 3, 4, 5];
    const found = await Promise.all(
      seedsOfRuns.map(async (seed) => (await run(gradients, seed)).hits.length),
    );
    // Of ten; bisection finds them all.
    expect(found.reduce((sum, hits) => sum + hits, 0)).toBeLessThanOrEqual(3);
  });
});
