// Slopes between inputs of a box: no two sampled inputs of the deployed network may say otherwise. No tolerance.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { Unbounded } from '../../../src/ops/operator.js';
import { openSlopes, type SlopeMethod, type Slopes } from '../../../src/verify/slopes/slopes.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { type Dense, mlp } from '../../helpers/mlps.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

const outputs = 3;
const pairs = 100;

/** An activation between dense layers, with a sum around the second of them. */
function network(draw: Draw, activation: string): Model {
  const { layers } = mlp(draw, [4, 6, 6, outputs], 'normal');
  const constants = Object.fromEntries(
    layers.flatMap(({ weight, bias }: Dense, at) => [
      [`w${at}`, weight],
      ...(bias ? [[`b${at}`, bias] as const] : []),
    ]),
  );
  const gemm = (at: number, from: string, to: string): NodeShorthand => [
    'Gemm',
    layers[at]?.bias ? [from, `w${at}`, `b${at}`] : [from, `w${at}`],
    to,
  ];
  return modelOf(
    ['batch', 4],
    [
      gemm(0, 'x', 'h0'),
      [activation, ['h0'], 'r0'],
      gemm(1, 'r0', 'h1'),
      [activation, ['h1'], 'r1'],
      ['Sub', ['r1', 'r0'], 's'],
      gemm(2, 's', 'y'),
    ],
    constants,
  );
}

const identity = float32([1, 0, 0, 0, 1, 0, 0, 0, 1], [outputs, outputs]);

/** The greatest and the least that b - a can make of the outputs. */
function allowed({ least, most, error }: Slopes, a: Float32Array, b: Float32Array, output: number) {
  let [low, high] = [-2 * (error[output] ?? 0), 2 * (error[output] ?? 0)];
  a.forEach((from, at) => {
    const step = (b[at] ?? 0) - from;
    const ends = [least, most].map((side) => (side[output * a.length + at] ?? 0) * step);
    low += Math.min(...ends);
    high += Math.max(...ends);
  });
  return { low, high };
}

async function holdsAtSamples(draw: Draw, model: Model, method: SlopeMethod): Promise<{ widest: number }> {
  const { model: typed, run } = await opened(model);
  const center = draw.tensor([4]).data;
  const radius = draw.pick([0.01, 0.2, 1]);
  const lower = center.map((value) => Math.fround(value - radius));
  const upper = center.map((value) => Math.fround(value + radius));
  const slopes = openSlopes(typed, { method, memoryBytes: 2 ** 28 }, inline);
  const found = await slopes.bound({ lower: float32(lower), upper: float32(upper) }, identity);
  const point = () =>
    Float32Array.from(lower, (low, at) => {
      const high = upper[at] ?? low;
      return Math.min(high, Math.max(low, draw.pick([low, high, low + draw.uniform() * (high - low)])));
    });
  const points = Array.from({ length: 2 * pairs }, point);
  // Neighbours, which nothing but rounding tells apart.
  for (let at = 0; at < pairs / 4; at++)
    points[2 * at + 1] = points[2 * at]?.map((value) => value) ?? point();
  const results = await run(
    float32(
      points.flatMap((one) => [...one]),
      [points.length, 4],
    ),
  );
  for (let at = 0; at < pairs; at++) {
    const [a, b] = [points[2 * at], points[2 * at + 1]];
    if (a === undefined || b === undefined) throw new Error('no pair');
    for (let output = 0; output < outputs; output++) {
      const change =
        (results[(2 * at + 1) * outputs + output] ?? 0) - (results[2 * at * outputs + output] ?? 0);
      const { low, high } = allowed(found, a, b, output);
      expect(change).toBeGreaterThanOrEqual(low);
      expect(change).toBeLessThanOrEqual(high);
    }
  }
  return {
    widest: found.most.reduce((most, value, at) => Math.max(most, value - (found.least[at] ?? 0)), 0),
  };
}

describe.each(['Relu', 'LeakyRelu', 'Sigmoid', 'Tanh'])('%s', (activation) => {
  test('changes of sampled outputs lie between the slopes', async () => {
    for (let seed = 1; seed <= effort(1); seed++) {
      const draw = new Draw(seed);
      const model = network(draw, activation);
      const draws = () => new Draw(100 + seed);
      const loose = await holdsAtSamples(draws(), model, 'ibp');
      const tight = await holdsAtSamples(draws(), model, 'crown');
      expect(tight.widest).toBeLessThanOrEqual(loose.widest * (1 + 1e-3) + 1e-4);
    }
  });
});

test('values that are moved, joined and added keep their slopes', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const draw = new Draw(seed);
    const constants = {
      square: { dtype: 'int64', shape: [3], data: BigInt64Array.of(-1n, 2n, 2n) } as const,
      flat: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 8n) } as const,
      w: draw.tensor([8, outputs]),
    };
    const moved = modelOf(
      ['batch', 4],
      [
        ['Reshape', ['x', 'square'], 'a'],
        ['Transpose', ['a'], 't', { perm: [0, 2, 1] }],
        ['Relu', ['t'], 'r'],
        ['Sum', ['r', 'a', 'r'], 's'],
        ['Neg', ['s'], 'n'],
        ['Concat', ['n', 't'], 'c', { axis: 2 }],
        ['Reshape', ['c', 'flat'], 'f'],
        ['MatMul', ['f', 'w'], 'y'],
      ],
      constants,
    );
    await holdsAtSamples(draw, moved, 'crown');
  }
});

test('an affine network has one slope, and nothing but rounding', async () => {
  const draw = new Draw(7);
  const { model: file, layers } = mlp(draw, [4, outputs], 'normal');
  const { model } = await opened(file);
  const slopes = openSlopes(model, { method: 'ibp', memoryBytes: 2 ** 28 }, inline);
  const box = { lower: float32([-1, -1, -1, -1]), upper: float32([1, 1, 1, 1]) };
  const { least, most, error } = await slopes.bound(box, identity);
  const { weight } = layers[0] ?? {};
  least.forEach((low, at) => {
    const [output, input] = [Math.floor(at / 4), at % 4];
    const exact = weight?.data[input * outputs + output] ?? Number.NaN;
    expect(low).toBeLessThanOrEqual(exact);
    expect(most[at]).toBeGreaterThanOrEqual(exact);
    expect((most[at] ?? 0) - low).toBeLessThan(1e-5);
  });
  for (const off of error) expect(off).toBeLessThan(1e-4);
});

test('an operator without a rule is named', async () => {
  const { model } = await opened(modelOf(['batch', 2], [['Softmax', ['x'], 'y']]));
  const open = () => openSlopes(model, { method: 'ibp', memoryBytes: 2 ** 28 }, inline);
  expect(open).toThrow(Unbounded);
  expect(open).toThrow(/Softmax.*no rule for differences/);
});
