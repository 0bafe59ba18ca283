// Bounds of outputs hold for what ONNX Runtime computes, by any method, in any batch; and say when they know nothing.
import { expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { float32 } from '../../../src/base/tensor.js';
import { Unbounded } from '../../../src/ops/operator.js';
import { type BoundMethod, boundOutputs } from '../../../src/verify/output-bounds.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

const rng = createRng(11, 'output-bounds');
const random = (shape: readonly number[], scale = 1) =>
  float32(
    Float32Array.from(
      { length: shape.reduce((product, dim) => product * dim, 1) },
      () => rng.normal() * scale,
    ),
    shape,
  );
const weights = { w: random([3, 8]), v: random([8, 2]) };
const network: readonly NodeShorthand[] = [
  ['MatMul', ['x', 'w'], 'h'],
  ['Relu', ['h'], 'r'],
  ['MatMul', ['r', 'v'], 'y'],
];
const options = { arithmetic: 'deployed', memoryBytes: 2 ** 30 } as const;
const methods: readonly BoundMethod[] = ['ibp', 'crown'];

const around = (points: Float32Array, count: number, radius: number) => ({
  lower: float32(
    points.map((value) => value - radius),
    [count, 3],
  ),
  upper: float32(
    points.map((value) => value + radius),
    [count, 3],
  ),
});

test.each(methods)('%s: samples of every box lie inside its bounds', async (method) => {
  const { model, run } = await opened(modelOf(['batch', 3], network, weights));
  const count = 300;
  const centers = random([count, 3]).data;
  const boxes = around(centers, count, 0.2);
  const bounds = await boundOutputs(model, boxes, { ...options, method }, inline);
  expect(bounds.lower.shape).toEqual([count, 2]);
  for (let draw = 0; draw < 20; draw++) {
    const points = centers.map((_, at) => {
      const [low, high] = [boxes.lower.data[at] ?? 0, boxes.upper.data[at] ?? 0];
      const corner = draw < 10 ? rng.below(2) : rng.uniform();
      return Math.min(high, Math.max(low, low + corner * (high - low)));
    });
    const outputs = await run(float32(points, [count, 3]));
    outputs.forEach((y, at) => {
      expect(y).toBeGreaterThanOrEqual(bounds.lower.data[at] ?? Infinity);
      expect(y).toBeLessThanOrEqual(bounds.upper.data[at] ?? -Infinity);
    });
  }
});

test.each(methods)('%s: the same bounds whatever the memory', async (method) => {
  const { model } = await opened(modelOf(['batch', 3], network, weights));
  const boxes = around(random([7, 3]).data, 7, 0.3);
  const roomy = await boundOutputs(model, boxes, { ...options, method }, inline);
  const tight = await boundOutputs(model, boxes, { ...options, method, memoryBytes: 1 }, inline);
  expect(Math.max(...roomy.upper.data)).toBeLessThan(100);
  tight.lower.data.forEach((low, at) => {
    expect(low).toBeCloseTo(roomy.lower.data[at] ?? 0, 3);
  });
});

test('linear bounds are no looser than intervals', async () => {
  const { model } = await opened(modelOf(['batch', 3], network, weights));
  const boxes = around(random([20, 3]).data, 20, 0.3);
  const widths = async (method: BoundMethod) => {
    const { lower, upper } = await boundOutputs(model, boxes, { ...options, method }, inline);
    return lower.data.reduce((sum, low, at) => sum + (upper.data[at] ?? 0) - low, 0);
  };
  expect(await widths('crown')).toBeLessThan(await widths('ibp'));
});

test.each(methods)('%s: where one side is unknown, both are', async (method) => {
  const { model } = await opened(modelOf(['batch', 3], [['Mul', ['x', 'x'], 'y']]));
  const points = Float32Array.of(1, 2, 3, 1, 2e38, 3);
  const { lower, upper } = await boundOutputs(model, around(points, 2, 0), { ...options, method }, inline);
  expect(Array.from(lower.data, Number.isFinite)).toEqual([true, true, true, true, false, true]);
  expect([lower.data[4], upper.data[4]]).toEqual([-Infinity, Infinity]);
});

test.each(methods)('%s: a node without rule is named', async (method) => {
  const { model } = await opened(
    modelOf(
      ['batch', 3],
      [
        ['Relu', ['x'], 'h'],
        ['Hardmax', ['h'], 't'],
        ['Relu', ['t'], 'y'],
      ],
    ),
  );
  const boxes = around(new Float32Array(3), 1, 1);
  const bounding = boundOutputs(model, boxes, { ...options, method }, inline);
  await expect(bounding).rejects.toThrow(Unbounded);
  await expect(bounding).rejects.toThrow('"Hardmax_1"');
});

test.each(methods)('%s: boxes that are not done in time are unknown, the others are told', async (method) => {
  const { model } = await opened(modelOf(['batch', 3], network, weights));
  const boxes = around(random([5, 3]).data, 5, 0.1);
  let done = 0;
  const deadline = { expired: () => done >= 3, interrupted: () => done >= 3 };
  const onProgress = (now: number) => {
    done = now;
  };
  // Room for one box a call.
  const settings = { ...options, method, memoryBytes: 1, deadline, onProgress };
  const { lower } = await boundOutputs(model, boxes, settings, inline);
  expect(done).toBe(3);
  expect(Array.from(lower.data, Number.isFinite)).toEqual([...Array(6).fill(true), ...Array(4).fill(false)]);
});

test('leading dimensions that are multiples of the batch belong to one output', async () => {
  const { model } = await opened(
    modelOf(['batch', 4], [['Reshape', ['x', 's'], 'y']], {
      s: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n) },
    }),
  );
  const lower = float32([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
  const bounds = await boundOutputs(model, { lower, upper: lower }, { ...options, method: 'ibp' }, inline);
  expect(bounds.lower.shape).toEqual([2, 2, 2]);
  expect([...bounds.lower.data]).toEqual([...lower.data]);
});
