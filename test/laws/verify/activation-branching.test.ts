// Branching on activations against brute force: bounds with any slopes and multipliers against samples of the split region, and whole
// searches on networks small enough to look at every activation pattern closely.
import { expect, test } from 'vitest';
import { noDeadline } from '../../../src/base/deadline.js';
import { createRng } from '../../../src/base/rng.js';
import { float32 } from '../../../src/base/tensor.js';
import { instanceOf } from '../../../src/graph/instance.js';
import { branchOnActivations } from '../../../src/verify/branch/activations/activations.js';
import { ascend, type Batch } from '../../../src/verify/branch/activations/ascent.js';
import { neuronsOf } from '../../../src/verify/branch/activations/neurons.js';
import { refined } from '../../../src/verify/branch/activations/refine.js';
import { createSessions } from '../../../src/verify/branch/activations/sessions.js';
import { createSpace, firstSlopes, type Space } from '../../../src/verify/branch/activations/space.js';
import { feedsOfBatch } from '../../../src/verify/branch/activations/views.js';
import type { Bounds } from '../../../src/verify/crown/bounds.js';
import { openCrown } from '../../../src/verify/crown/crown.js';
import { Draw } from '../../helpers/draw.js';
import { type Dense, mlp, mlpModel } from '../../helpers/mlps.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

const options = { arithmetic: 'deployed', memoryBytes: 2 ** 30, plainValues: true } as const;

/** Inputs of all hidden neurons, in order, and outputs, in float64. */
function evaluated(layers: readonly Dense[], x: readonly number[]) {
  const hidden: number[] = [];
  let values = [...x];
  layers.forEach(({ weight, bias }, at) => {
    const outputs = weight.shape[1] ?? 0;
    const next = Array.from({ length: outputs }, (_, y) =>
      values.reduce((sum, value, z) => sum + value * (weight.data[z * outputs + y] ?? 0), bias?.data[y] ?? 0),
    );
    if (at < layers.length - 1) hidden.push(...next);
    values = at < layers.length - 1 ? next.map((value) => Math.max(value, 0)) : next;
  });
  return { hidden, outputs: values };
}

async function spaceOf(draw: Draw, widths: readonly number[]) {
  const { model: file, layers } = mlp(draw, widths, 'normal');
  const { model } = await opened(file);
  const inputs = widths[0] ?? 1;
  const lower = Float32Array.from({ length: inputs }, () => draw.uniform() - 1);
  const upper = lower.map((low) => low + 1);
  const hidden = neuronsOf(instanceOf(model));
  const box = { lower: float32(lower), upper: float32(upper) };
  const plain = await openCrown(model, inline, options).hidden(box);
  const root = await refined(instanceOf(model), { lower, upper }, hidden, plain, {
    arithmetic: 'deployed',
    runtime: inline,
    clock: () => 0,
    milliseconds: 1,
    isStopped: () => false,
  });
  const width = (bounds: readonly Bounds[]) =>
    bounds.reduce(
      (sum, side) => sum + side.upper.reduce((all, most, at) => all + most - (side.lower[at] ?? 0), 0),
      0,
    );
  const narrowed = width(plain) - width(root);
  return {
    model,
    narrowed,
    layers,
    lower,
    upper,
    hidden,
    space: createSpace(instanceOf(model), { lower, upper }, hidden, root),
  };
}

/** Place 0 belongs to no neuron. */
const isInside = ({ elements }: Space, splits: Float32Array, hidden: readonly number[]): boolean =>
  elements.every((element, place) => place === 0 || (splits[place] ?? 0) * (hidden[element] ?? 0) >= 0);

/** Whether the neurons' inputs are within the bounds at the root. */
const isBetween = ({ root }: Space, hidden: readonly number[]): boolean => {
  const [lower, upper] = [root.flatMap((side) => [...side.lower]), root.flatMap((side) => [...side.upper])];
  return hidden.every((value, at) => value >= (lower[at] ?? 0) - 1e-6 && value <= (upper[at] ?? 0) + 1e-6);
};

/** By how much the values at a point are above the bounds of the parts that have it. */
function distancesOf(
  space: Space,
  { count, start, splits }: Batch,
  bounds: readonly Float64Array[],
  { hidden, outputs }: ReturnType<typeof evaluated>,
): number[] {
  return Array.from({ length: count }, (_, row) => row).flatMap((row) => {
    if (!isInside(space, splits.subarray(row * space.width, (row + 1) * space.width), hidden)) return [];
    const value = outputs.reduce((sum, y, at) => sum + y * (start[row * outputs.length + at] ?? 0), 0);
    return bounds.map((bound) => value - (bound[row] ?? Infinity));
  });
}

test('bounds with any slopes and multipliers are below the values of the split region; corners lie in the box', async () => {
  let [checked, tight, narrower] = [0, 0, 0];
  const above: number[] = [];
  for (let seed = 0; seed < 8; seed++) {
    const draw = new Draw(seed);
    const { model, narrowed, layers, lower, upper, hidden, space } = await spaceOf(draw, [3, 6, 5, 2]);
    if (narrowed > 0) narrower++;
    const target = { name: model.output.name, mixed: false };
    const sessions = createSessions(instanceOf(model), hidden, target, 'deployed', inline);
    const count = 16;
    const any = (make: () => number) => Float32Array.from({ length: count * space.width }, make);
    const batch = {
      count,
      start: Float32Array.from({ length: count * 2 }, () => draw.number('normal')),
      inputs: undefined,
      splits: any(() => draw.pick([0, 0, 0, 1, -1])),
      slopes: any(() => 2 * draw.uniform() - 0.5),
      multipliers: any(() => draw.uniform() - 0.3),
      limits: new Float64Array(count).fill(Infinity),
    };
    const shared = inline.share(space.feeds);
    const { bound } = await (await sessions.bounds()).run(feedsOfBatch(batch), shared);
    const rates = { steps: 8, slope: 0.2, multiplier: 0.1, decay: 1 };
    const raised = await ascend(await sessions.ascent(), shared, batch, rates);
    const bounds = [Float64Array.from(bound?.data as Float32Array), raised.bounds];
    for (let sample = 0; sample < 2000; sample++) {
      const x = Array.from(lower, (low, at) => low + draw.uniform() * ((upper[at] ?? 0) - low));
      const values = evaluated(layers, x);
      const distances = distancesOf(space, batch, bounds, values);
      if (!isBetween(space, values.hidden)) above.push(seed);
      checked += distances.length;
      tight += distances.filter((distance) => distance < 0.2).length;
      if (distances.some((distance) => !(distance >= -1e-6))) above.push(seed);
    }
  }
  expect(above).toEqual([]);
  expect(narrower).toBeGreaterThan(2);
  expect(checked).toBeGreaterThan(10_000);
  expect(tight).toBeGreaterThan(100);
}, 60_000);

test('raised slopes are never worse than those of CROWN, and better on most networks', async () => {
  let better = 0;
  for (let seed = 0; seed < 8; seed++) {
    const { model, hidden, space, lower, upper } = await spaceOf(new Draw(seed), [4, 8, 8, 3]);
    const target = { name: model.output.name, mixed: false };
    const sessions = createSessions(instanceOf(model), hidden, target, 'deployed', inline);
    const start = Float32Array.of(1, -1, 0);
    const none = new Float32Array(space.width);
    const batch = {
      count: 1,
      start,
      inputs: undefined,
      splits: none,
      slopes: firstSlopes(space),
      multipliers: none,
      limits: Float64Array.of(Infinity),
    };
    const rates = { steps: 40, slope: 0.1, multiplier: 0, decay: 0.98 };
    const { bounds } = await ascend(await sessions.ascent(), inline.share(space.feeds), batch, rates);
    const box = { lower: float32(lower), upper: float32(upper) };
    const [crown = 0] = await openCrown(model, inline, options).combinations(box, float32(start, [1, 3]));
    expect(bounds[0]).toBeGreaterThanOrEqual(crown - 1e-5 * (1 + Math.abs(crown)));
    if ((bounds[0] ?? 0) > crown + 1e-4) better++;
  }
  expect(better).toBeGreaterThan(4);
}, 60_000);

async function searched(
  layers: readonly Dense[],
  lower: Float32Array<ArrayBuffer>,
  upper: Float32Array<ArrayBuffer>,
  bound: number,
) {
  const { model } = await opened(mlpModel(layers, ['batch', lower.length]));
  const points: Float32Array[] = [];
  const { results } = await branchOnActivations({
    model,
    disjuncts: [
      {
        index: 0,
        lower,
        upper,
        rows: {
          count: 1,
          outputs: Float32Array.of(1),
          inputs: new Float32Array(lower.length),
          bounds: Float64Array.of(bound),
        },
        known: Float64Array.of(-Infinity),
      },
    ],
    arithmetic: 'deployed',
    memoryBytes: 2 ** 28,
    deadline: noDeadline,
    clock: () => 0,
    rng: createRng(1, 'branching'),
    runtime: inline,
    inline,
    tryPoints: async (_, found) => {
      points.push(found);
      const [y = Infinity] = evaluated(layers, Array.from(found)).outputs;
      return y <= bound;
    },
    suggest: () => {},
    attack: async () => false,
  });
  return {
    state: results[0]?.state,
    reason: results[0]?.reason,
    parts: results[0]?.subproblems ?? 0,
    points,
  };
}

test('searches agree with a fine grid: empty a little below the least value, a counterexample a little above it', async () => {
  let [parts, found] = [0, 0];
  for (let seed = 0; seed < 6; seed++) {
    const draw = new Draw(100 + seed);
    const { layers } = mlp(draw, [2, 5, 4, 1], 'normal');
    const [lower, upper] = [Float32Array.of(-1, -1), Float32Array.of(1, 1)];
    let least = Infinity;
    for (let i = 0; i <= 200; i++)
      for (let j = 0; j <= 200; j++)
        least = Math.min(least, evaluated(layers, [i / 100 - 1, j / 100 - 1]).outputs[0] ?? Infinity);
    const proved = await searched(layers, lower, upper, least - 0.05);
    expect(proved.state, `seed ${seed}`).toBe('empty');
    parts += proved.parts;
    const violated = await searched(layers, lower, upper, least + 1e-3);
    expect(violated.state).toBe('open');
    const isFound = violated.points.some(
      (x) => (evaluated(layers, Array.from(x)).outputs[0] ?? 1) <= least + 1e-3,
    );
    // Without a counterexample everything must have been split.
    expect(isFound || violated.reason === 'exhausted', `seed ${seed}`).toBe(true);
    if (isFound) found++;
  }
  expect(found).toBeGreaterThan(2);
  expect(parts).toBeGreaterThan(12);
}, 120_000);
