// Whole checks of random classifiers against samples: what is proved holds at every one of them, what is violated is so on the file.
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src/graph/graph.js';
import { type Checked, checked } from '../../helpers/checking.js';
import { Draw } from '../../helpers/draw.js';
import { mlp } from '../../helpers/mlps.js';

const samples = 500;
const seeds = Array.from({ length: 6 }, (_, seed) => seed + 1);

/** Points of an instance's box, corners among them, judged on the files. */
async function holdsAtSamples({ subject }: Checked, instance: number, draw: Draw): Promise<boolean> {
  const { lower, upper, size } = subject.set;
  for (let sample = 0; sample < samples; sample++) {
    const corner = sample % 3 === 0;
    const point = Float32Array.from({ length: size }, (_, at) => {
      const [low = 0, high = 0] = [lower.data[instance * size + at], upper.data[instance * size + at]];
      const share = corner ? draw.int(0, 1) : draw.uniform();
      return Math.min(high, Math.max(low, low + share * (high - low)));
    });
    if ((await subject.replay(point, instance)).violated) return false;
  }
  return true;
}

async function holds(result: Checked, draw: Draw): Promise<void> {
  for (const [instance, verdict] of result.verdicts.entries()) {
    if (verdict.kind === 'proved') expect(await holdsAtSamples(result, instance, draw)).toBe(true);
    if (verdict.kind !== 'violated') continue;
    const hit = result.found.find((found) => found.instance === instance);
    if (hit === undefined) throw new Error('a violation without its point');
    expect((await result.subject.replay(hit.input, instance)).violated).toBe(true);
  }
}

const rowsOf = (draw: Draw, size: number) =>
  Array.from({ length: 4 }, () =>
    Array.from(draw.tensor([size]).data, (value) => Math.max(-1, Math.min(1, value / 2))),
  );

const settings = (files: readonly Model[], draw: Draw, size: number, property: object) => ({
  files,
  rows: rowsOf(draw, size),
  range: [-1, 1] as const,
  property: { budget: { executions: 4000, seconds: 60 }, ...property },
});

/** How often branching decided. */
const branched = (results: readonly Checked[]): number =>
  results
    .flatMap(({ verdicts }) => verdicts)
    .filter((verdict) => verdict.kind === 'proved' && verdict.method === 'branch-and-bound').length;

describe('robustness', () => {
  test('proofs hold at samples, violations on the file', async () => {
    const results: Checked[] = [];
    for (const seed of seeds) {
      const draw = new Draw(seed);
      const size = draw.pick([3, 20]);
      const { model } = mlp(draw, [size, 12, 12, 3], 'normal');
      const linfEpsilon = draw.pick([0.05, 0.1, 0.2]);
      const property = { kind: 'robustness', model: 'm0', linfEpsilon };
      const result = await checked(settings([model], draw, size, property));
      results.push(result);
      await holds(result, draw);
    }
    expect(branched(results)).toBeGreaterThan(0);
  });
});

describe('agreement', () => {
  test('proofs hold at samples, violations on the files', async () => {
    const results: Checked[] = [];
    for (const seed of seeds) {
      const draw = new Draw(100 + seed);
      const size = draw.pick([3, 20]);
      const { model, layers } = mlp(draw, [size, 10, 10, 3], 'normal');
      const files = [model, nearby(model, draw)];
      expect(layers.length).toBe(3);
      const linfEpsilon = draw.pick([0.05, 0.1, 0.2]);
      const property = { kind: 'agreement', models: ['m0', 'm1'], linfEpsilon };
      const result = await checked(settings(files, draw, size, property));
      results.push(result);
      await holds(result, draw);
    }
    expect(branched(results)).toBeGreaterThan(0);
  });
});

/** The same network with weights a little off. */
function nearby(model: Model, draw: Draw): Model {
  const constants = [...model.graph.constants].map(([name, value]) => {
    if (value.dtype !== 'float32') return [name, value] as const;
    const data = (value.data as Float32Array<ArrayBuffer>).map(
      (weight) => weight * (1 + 0.02 * draw.uniform()),
    );
    return [name, { ...value, data }] as const;
  });
  return { ...model, graph: { ...model.graph, constants: new Map(constants) } };
}
