// Surprise and layer covariance against plain float64 loops written from the papers' formulas.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { CalibratedCriterion } from '../../../src/fuzz/coverage/calibrated.js';
import { distanceSurprise } from '../../../src/fuzz/coverage/distance-surprise.js';
import { layerCovariance } from '../../../src/fuzz/coverage/layer-covariance.js';
import { likelihoodSurprise } from '../../../src/fuzz/coverage/likelihood-surprise.js';
import { mahalanobisSurprise } from '../../../src/fuzz/coverage/mahalanobis-surprise.js';
import { Draw } from '../../helpers/draw.js';
import { effort, holds } from '../../helpers/laws.js';
import { inputs, network, rowsOf } from './coverage-networks.js';
import {
  distanceSurpriseOf,
  layerCovarianceOf,
  likelihoodSurpriseOf,
  mahalanobisSurpriseOf,
  type Traced,
} from './dear-references.js';
import { activationsOf, outputsOf, questions, rowOf } from './screens.js';

async function run(criterion: CalibratedCriterion, draw: Draw) {
  const { model } = await network(draw);
  const asked = await questions(criterion, model);
  const [activations, outputs] = [await activationsOf(model), await outputsOf(model)];
  const data = rowsOf(draw, draw.int(8, 40), false);
  const rows = rowsOf(draw, 24, true);
  const { data: seeds, width } = await asked.profile(data);
  const state = criterion.createState({ seeds, mutants: seeds, width });
  const traced = async (x: Tensor): Promise<Traced[]> => {
    const scores = await outputs(x);
    return (await activations(x)).map((layers, row) => ({
      layers,
      trace: layers.at(-1) ?? [],
      label: scores[row]?.indexOf(Math.max(...(scores[row] ?? []))) ?? 0,
    }));
  };
  return { asked, state, rows, data: await traced(data), children: await traced(rows) };
}

const isFiniteInput = ({ layers }: Traced): boolean => layers.flat().every(Number.isFinite);

describe.each([
  ['likelihood', likelihoodSurprise, likelihoodSurpriseOf],
  ['distance', distanceSurprise, distanceSurpriseOf],
  ['Mahalanobis', mahalanobisSurprise, mahalanobisSurpriseOf],
] as const)('%s surprise', (_name, create, reference) => {
  test('is what the formula says', () =>
    holds(fc.nat(1e9), async (seed) => {
      const { asked, state, rows, data, children } = await run(create(), new Draw(seed));
      const scores = await asked.score(rows, state.snapshot());
      children.forEach((child, row) => {
        const expected = isFiniteInput(child) ? reference(data, child) : undefined;
        // Squares of greater numbers are infinite in float32, and so is the surprise.
        if (expected === undefined || expected > 1e15) return;
        expect(Math.abs((scores[row] ?? Number.NaN) - expected)).toBeLessThan(
          2e-3 * (1 + Math.abs(expected)),
        );
      });
    }));

  test('new is what falls into a bucket for the first time; what is not finite never is', () =>
    holds(
      fc.nat(1e9),
      async (seed) => {
        const buckets = 7;
        const upper = 5;
        const { asked, state, rows, data, children } = await run(create({ buckets, upper }), new Draw(seed));
        const snapshot = state.snapshot();
        const [novelty, profiles] = [await asked.novelty(rows, snapshot), await asked.profile(rows)];
        const from = Number(
          Object.entries(snapshot.feeds).find(([name]) => name.endsWith(':from'))?.[1].data[0],
        );
        const place = (one: Traced) =>
          (buckets * ((reference(data, one) ?? Infinity) - from)) / (upper - from);
        // What rounding may put into either of two buckets says nothing.
        const certain = (one: Traced) => Math.abs(place(one) - Math.round(place(one))) > 0.02;
        const known = new Set(data.map((one) => Math.ceil(place(one))));
        if (!data.every((one) => certain(one) || place(one) === 0)) return;
        children.forEach((child, row) => {
          const profile = rowOf(profiles, row);
          const isNew = (novelty[row] ?? 0) > 0 && state.isNew(profile, snapshot);
          const bucket = isFiniteInput(child) ? Math.ceil(place(child)) : 0;
          if (!isFiniteInput(child)) expect(isNew).toBe(false);
          else if (certain(child)) expect(isNew).toBe(bucket > 0 && bucket <= buckets && !known.has(bucket));
          if (isNew) {
            state.add(profile, true);
            known.add(bucket);
          }
        });
      },
      effort(16),
    ));
});

describe('layer covariance', () => {
  test('new is what makes the sum of mean magnitudes grow', () =>
    holds(
      fc.nat(1e9),
      async (seed) => {
        const { asked, state, rows, data, children } = await run(layerCovariance(), new Draw(seed));
        const known = data.map(({ layers }) => layers);
        for (const [row, child] of children.entries()) {
          const x = float32(rows.data.subarray(row * inputs, (row + 1) * inputs), [1, inputs]);
          const snapshot = state.snapshot();
          const profile = rowOf(await asked.profile(x), 0);
          const novelty = (await asked.novelty(x, snapshot))[0] ?? Number.NaN;
          const isNew = state.isNew(profile, snapshot);
          if (!isFiniteInput(child)) expect([isNew, novelty > 0]).toEqual([false, false]);
          else {
            const before = layerCovarianceOf(known);
            const growth = layerCovarianceOf([...known, child.layers]) - before;
            if (Math.abs(growth) > 1e-5 * before)
              expect([isNew, novelty > 0]).toEqual([growth > 0, growth > 0]);
            known.push(child.layers);
          }
          state.add(profile, isNew);
        }
        expect(state.summary().covered).toBeNull();
      },
      effort(12),
    ));

  test('what is measured is the sum itself', () =>
    holds(fc.nat(1e9), async (seed) => {
      const criterion = layerCovariance();
      const { model } = await network(new Draw(seed));
      const x = rowsOf(new Draw(seed + 1), 30, false);
      const { data, width } = await (await questions(criterion, model)).profile(x);
      const state = criterion.calibrate({ seeds: data, mutants: data, width });
      for (let row = 0; row < 30; row++) state.add(data.subarray(row * width, (row + 1) * width), false);
      const expected = layerCovarianceOf(await (await activationsOf(model))(x));
      expect(Math.abs((state.measure().value ?? Number.NaN) - expected)).toBeLessThan(1e-6 * (1 + expected));
    }));

  test('of wide layers, the neurons that vary most', async () => {
    const criterion = layerCovariance({ neurons: 2 });
    // One layer of three neurons: the second hardly varies.
    const rows = [
      [0, 1, 4],
      [2, 1.1, 0],
      [4, 1, 8],
    ];
    const seeds = Float32Array.from(rows.flatMap((row) => [...row, 3, 1]));
    const state = criterion.createState({ seeds, mutants: seeds, width: 5 });
    const chosen = rows.map(([first = 0, , last = 0]) => [[first, last]]);
    expect(state.measure().value).toBeCloseTo(layerCovarianceOf(chosen), 6);
  });
});
