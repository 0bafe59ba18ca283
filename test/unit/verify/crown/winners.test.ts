// Which scores win, place by place: what is certain is what ONNX Runtime gives everywhere in the box, and raising makes more certain.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { openExecutable } from '../../../../src/backends/onnxruntime.js';
import { noDeadline } from '../../../../src/base/deadline.js';
import { float32, type Tensor } from '../../../../src/base/tensor.js';
import { instanceOf } from '../../../../src/graph/instance.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { createInlineRuntime } from '../../../../src/program/inline-runtime.js';
import { openWinners, type WinnerOptions } from '../../../../src/verify/crown/winners/raised-winners.js';
import { winnersOf } from '../../../../src/verify/crown/winners/winners.js';
import { numbersOf, openBounder, samplesOf } from '../../../helpers/bounding.js';
import { Draw } from '../../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';

const runtime = createInlineRuntime();
const [height, width] = [9, 10];
const options: WinnerOptions = {
  arithmetic: 'deployed',
  memoryBytes: 2 ** 26,
  deadline: noDeadline,
  rounds: [{ steps: 0 }, { hiddenSteps: 4, steps: 10 }],
};

/** Scores [1, classes, height, width] of an image of 2 channels. */
const scores = (pads: number): NodeShorthand[] => [
  ['Conv', ['x', 'first', 'firstBias'], 'a', { pads: [pads, pads, pads, pads] }],
  ['Relu', ['a'], 'b'],
  ['Conv', ['b', 'second'], 'c', { pads: [pads, pads, pads, pads] }],
  ['Relu', ['c'], 'd'],
  ['Conv', ['d', 'last'], 'scores'],
];

type Tail = (classes: number) => NodeShorthand[];

/** As exporters of segmentation networks write it. */
const bySoftmax: Tail = () => [
  ['Transpose', ['scores'], 't', { perm: [0, 3, 2, 1] }],
  ['Softmax', ['t'], 's', { axis: 3 }],
  ['Transpose', ['s'], 'u', { perm: [0, 3, 2, 1] }],
  ['Gather', ['u', 'none'], 'v', { axis: 0 }],
  ['ArgMax', ['v'], 'y', { axis: 0, keepdims: 0 }],
];
const plain: Tail = () => [['ArgMax', ['scores'], 'y', { axis: 1, keepdims: 1 }]];

async function opened(tail: Tail, pads: number, classes: number, draw: Draw, same = false) {
  const last = draw.tensor([classes, 4, 1, 1]);
  const constants = {
    first: draw.tensor([4, 2, 3, 3]),
    firstBias: draw.tensor([4]),
    second: draw.tensor([4, 4, 3, 3]),
    last: same
      ? float32(
          last.data.map((_, at) => last.data[at % 4] ?? 0),
          last.shape,
        )
      : last,
    none: { dtype: 'int64' as const, shape: [], data: BigInt64Array.of(0n) },
  };
  const file = modelOf([1, 2, height, width], [...scores(pads), ...tail(classes)], constants);
  const model = await discoverTypes(file, 'small.onnx', runtime);
  return { model, executable: await openExecutable(model, encodeModel(file), runtime) };
}

function boxIn(draw: Draw, radius: number) {
  const shape = [1, 2, height, width];
  const center = draw.tensor(shape);
  const moved = (by: number): Tensor<'float32'> =>
    float32(
      center.data.map((x) => x + by),
      shape,
    );
  return { lower: moved(-radius), upper: moved(radius) };
}

/** Rows of each output from below and from above: [2 n, n]. */
function bothSides(n: number): Tensor<'float32'> {
  const data = new Float32Array(2 * n * n);
  for (let at = 0; at < n; at++) [data[at * n + at], data[(n + at) * n + at]] = [1, -1];
  return float32(data, [2 * n, n]);
}

const never = (count: number) => new Float64Array(count).fill(Infinity);

const networks = [
  ['two classes by softmax, padded', bySoftmax, 1, 2, 0.06],
  ['four classes by softmax', bySoftmax, 0, 4, 0.02],
  ['three classes', plain, 0, 3, 0.06],
] as const;

describe.each(networks)('%s', (_name, tail, pads, classes, radius) => {
  test('winners that are certain win everywhere in the box, and raising finds more of them', async () => {
    const draw = new Draw(20_261_130);
    const { model, executable } = await opened(tail, pads, classes, draw);
    const rounds: number[] = [];
    const bound = openWinners(model, runtime, { ...options, onRound: (certain) => rounds.push(certain) });
    const byIntervals = await openBounder(model, 'float32', runtime);
    const box = boxIn(draw, radius);
    const { lower, upper } = await byIntervals(box);
    const n = lower.length;
    const { least } = (await bound?.(box, bothSides(n), never(2 * n))) ?? { least: new Float32Array() };
    expect(least.length).toBe(2 * n);
    const samples = 48;
    const shape = [2, height, width];
    const points = samplesOf(box.lower.data, box.upper.data, shape, samples, draw.uniform);
    for (let row = 0; row < samples; row++) {
      const size = 2 * height * width;
      const point = float32(points.data.slice(row * size, (row + 1) * size), [1, ...shape]);
      const found = numbersOf(await executable.run(point));
      const outside = Array.from(found).filter(
        (winner, at) => winner < (least[at] ?? 0) || winner > -(least[n + at] ?? 0),
      );
      expect(outside).toEqual([]);
    }
    const [first = 0, second = 0] = rounds;
    const certainByIntervals = Array.from(lower).filter((low, at) => low === upper[at]).length;
    expect(first).toBeGreaterThan(certainByIntervals);
    expect(second).toBeGreaterThan(first);
    expect(second).toBeLessThan(n);
  });
});

test('of pairs that nothing else decides one at least is as in the middle, and counts say so', async () => {
  const n = (height - 4) * (width - 4);
  let paired = 0;
  for (let seed = 1; seed <= 4; seed++) {
    const draw = new Draw(seed);
    const { model, executable } = await opened(plain, 0, 2, draw);
    const box = boxIn(draw, 0.06);
    const shape = [2, height, width];
    const middle = box.lower.data.map((low, at) => low / 2 + (box.upper.data[at] ?? 0) / 2);
    const leaders = numbersOf(await executable.run(float32(middle, [1, ...shape])));
    // Elements whose winner is the middle's, less those of the middle whose winner is 1.
    const counting = float32(
      Float32Array.from(leaders, (leader) => (leader === 1 ? 1 : -1)),
      [1, n],
    );
    const countOf = async (pairSteps?: number) => {
      const found: number[] = [];
      const given = { ...options, rounds: [{ steps: 0 }], onPairs: (count: number) => found.push(count) };
      const bound = openWinners(model, runtime, pairSteps === undefined ? given : { ...given, pairSteps });
      const { least } = (await bound?.(box, counting, never(1))) ?? { least: [] };
      return { least: least[0] ?? Number.NaN, pairs: found[0] ?? 0 };
    };
    const [alone, withPairs] = [await countOf(), await countOf(20)];
    expect(withPairs.least).toBeCloseTo(alone.least + withPairs.pairs, 3);
    paired += withPairs.pairs;
    const points = samplesOf(box.lower.data, box.upper.data, shape, 48, draw.uniform);
    const size = 2 * height * width;
    for (let row = 0; row < 48; row++) {
      const point = float32(points.data.slice(row * size, (row + 1) * size), [1, ...shape]);
      const winners = Array.from(numbersOf(await executable.run(point)));
      const count = winners.reduce((sum, winner, at) => sum + winner * (counting.data[at] ?? 0), 0);
      expect(count).toBeGreaterThanOrEqual(withPairs.least);
    }
  }
  expect(paired).toBeGreaterThan(1);
});

test('equal scores have no certain winner', async () => {
  const draw = new Draw(7);
  const { model } = await opened(plain, 0, 2, draw, true);
  const counts: number[] = [];
  const bound = openWinners(model, runtime, { ...options, onRound: (certain) => counts.push(certain) });
  const n = (height - 4) * (width - 4);
  await bound?.(boxIn(draw, 0), bothSides(n), never(2 * n));
  expect(counts).toEqual([0, 0]);
});

test('what is enough ends it, and what is out of time says nothing', async () => {
  const { model } = await opened(bySoftmax, 0, 2, new Draw(3));
  const rounds: number[] = [];
  const onRound = (certain: number) => rounds.push(certain);
  const n = (height - 4) * (width - 4);
  const box = boxIn(new Draw(4), 0.001);
  const enough = new Float64Array(2 * n).fill(-2);
  await openWinners(model, runtime, { ...options, onRound })?.(box, bothSides(n), enough);
  expect(rounds.length).toBe(1);
  const deadline = { expired: () => true, interrupted: () => false };
  const late = await openWinners(model, runtime, { ...options, deadline })?.(box, bothSides(n), never(2 * n));
  expect(Math.max(...(late?.least ?? []))).toBeLessThanOrEqual(0);
});

describe('what counts as a contest', () => {
  const winnersIn = async (tail: Tail) =>
    winnersOf(instanceOf((await opened(tail, 0, 3, new Draw(1))).model), 'deployed');

  test('a softmax over what is compared, which needs a difference that its rounding cannot undo', async () => {
    const [winners] = await winnersIn(bySoftmax);
    expect(winners?.scores).toBe('scores');
    expect(winners?.needed).toBeGreaterThan(1e-6);
    expect(winners?.needed).toBeLessThan(1e-2);
    const places = (height - 4) * (width - 4);
    expect(winners?.candidates.slice(0, 2)).toEqual([
      [0, places, 2 * places],
      [1, places + 1, 2 * places + 1],
    ]);
  });

  test('no softmax along another axis', async () => {
    const along: Tail = () => [
      ['Softmax', ['scores'], 's', { axis: 3 }],
      ['ArgMax', ['s'], 'y', { axis: 1, keepdims: 0 }],
    ];
    expect(await winnersIn(along)).toEqual([]);
  });

  test('scores without softmax need any difference at all', async () => {
    const [winners] = await winnersIn(plain);
    expect(winners?.needed).toBe(0);
  });

  test('networks of which a place depends on everything are left to others', async () => {
    const whole: Tail = () => [
      ['Flatten', ['scores'], 'f'],
      ['MatMul', ['f', 'mixing'], 'm'],
      ['ArgMax', ['m'], 'y', { axis: 1, keepdims: 0 }],
    ];
    const draw = new Draw(2);
    const size = 2 * (height - 4) * (width - 4);
    const constants = {
      first: draw.tensor([4, 2, 3, 3]),
      firstBias: draw.tensor([4]),
      second: draw.tensor([4, 4, 3, 3]),
      last: draw.tensor([2, 4, 1, 1]),
      mixing: draw.tensor([size, 3]),
    };
    const file = modelOf([1, 2, height, width], [...scores(0), ...whole(2)], constants);
    const model = await discoverTypes(file, 'dense.onnx', runtime);
    expect(openWinners(model, runtime, options)).toBeUndefined();
  });
});
