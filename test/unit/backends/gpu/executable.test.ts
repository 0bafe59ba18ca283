// Models on gpu.js in a worker thread: any batch size, flags, distances, modes, and the end.
import { afterAll, describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import {
  type GpuExecutable,
  type GpuOptions,
  openGpuExecutable,
} from '../../../../src/backends/gpu/executable.js';
import { openExecutable } from '../../../../src/backends/onnxruntime.js';
import { createRng } from '../../../../src/base/rng.js';
import { float32, type Tensor } from '../../../../src/base/tensor.js';
import type { Dimension, Model } from '../../../../src/graph/graph.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { RuntimeError } from '../../../../src/program/session.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

const opened: GpuExecutable[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

async function both(file: Model, options: Partial<GpuOptions> = {}) {
  const model = await discoverTypes(file, 'test.onnx', inline);
  const gpu = await openGpuExecutable(model, { file: 'test.onnx', mode: 'webasm', ...options });
  opened.push(gpu);
  return { gpu, deployed: await openExecutable(model, encodeModel(file), inline) };
}

const rng = createRng(1, 'gpu executable');
const random = (shape: readonly number[]): Tensor<'float32'> =>
  float32(
    Float32Array.from(
      { length: shape.reduce((product, dim) => product * dim, 1) },
      () => rng.uniform() - 0.5,
    ),
    shape,
  );

const network = (shape: readonly Dimension[]): Model =>
  modelOf(
    shape,
    [
      ['MatMul', ['x', 'w'], 'm'],
      ['Relu', ['m'], 'r'],
      ['MatMul', ['r', 'v'], 'y'],
    ],
    { w: random([5, 8]), v: random([8, 3]) },
  );

function expectClose(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  Array.from(expected.data as Float32Array).forEach((value, at) => {
    expect(actual.data[at] as number).toBeCloseTo(value, 5);
  });
}

test.each([0, 1, 7, 64, 300, 515])('%i rows', async (count) => {
  const { gpu, deployed } = await both(network(['batch', 5]));
  const x = random([count, 5]);
  expectClose(await gpu.run(x), await deployed.run(x));
});

test('a file that fixes the batch at 1 runs rows as any other', async () => {
  const reshaped: readonly NodeShorthand[] = [
    ['Reshape', ['x', 'shape'], 'r'],
    ['Softmax', ['r'], 'y', { axis: 2 }],
  ];
  const shape: Tensor = { dtype: 'int64', shape: [3], data: BigInt64Array.of(1n, 2n, 3n) };
  const { gpu, deployed } = await both(modelOf([1, 6], reshaped, { shape }));
  const x = random([9, 6]);
  expectClose(await gpu.run(x), await deployed.run(x));
});

test('several inputs, one of integers, are cut out of a row', async () => {
  const file = modelOf(
    ['batch', 3],
    [
      ['Cast', ['k'], 'c', { to: 1 }],
      ['Concat', ['x', 'c'], 'y', { axis: 1 }],
    ],
  );
  const inputs = [...file.graph.inputs, { name: 'k', dtype: 'int64' as const, shape: ['batch', 2] }];
  const { gpu, deployed } = await both({ ...file, graph: { ...file.graph, inputs } });
  const x = float32([0.25, -1, 2, 0.5, 1.5, 3, 4, 5, -0.5, -2.51], [2, 5]);
  const expected = await deployed.run(x);
  expect(Array.from(expected.data as Float32Array)).toEqual([0.25, -1, 2, 0, 2, 3, 4, 5, 0, -3]);
  expectClose(await gpu.run(x), expected);
});

describe('flags of results that are not finite', () => {
  const huge = modelOf(
    ['batch', 2],
    [
      ['MatMul', ['x', 'w'], 'm'],
      ['Relu', ['m'], 'r'],
      ['ReduceSum', ['r'], 'y', { keepdims: 0 }],
    ],
    {
      w: float32([3e38, 3e38, 1, 1], [2, 2]),
      axes: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) },
    },
  );
  const graph = {
    ...huge.graph,
    nodes: huge.graph.nodes.map((node) =>
      node.type === 'ReduceSum' ? { ...node, inputs: ['r', 'axes'] } : node,
    ),
  };
  // An ordinary row; -infinity, which Relu makes 0; infinity; NaN.
  const x = float32([0.1, 1, -10, 1, 10, 1, Number.NaN, 1], [4, 2]);

  test('an infinity that an activation hides is seen', async () => {
    const { gpu, deployed } = await both({ ...huge, graph }, { watched: true });
    const { output, nonFinite } = await gpu.runWith({ input: x });
    expect((await deployed.run(x)).data[1]).toBe(0);
    expect(output.data[1]).toBe(0);
    expect([...(nonFinite ?? [])]).toEqual([0, 1, 1, 1]);
  });

  test('there are none where they were not asked for', async () => {
    const { gpu } = await both({ ...huge, graph });
    expect((await gpu.runWith({ input: x })).nonFinite).toBeUndefined();
  });

  test('one element of many is enough', async () => {
    const { gpu } = await both(modelOf(['batch', 700], [['Add', ['x', 'x'], 'y']]), { watched: true });
    const input = random([3, 700]);
    input.data[2 * 700 - 1] = 3e38;
    expect([...((await gpu.runWith({ input })).nonFinite ?? [])]).toEqual([0, 1, 0]);
  });
});

describe('distance to the nearest entry of a corpus', () => {
  const nearestOf = (output: Tensor<'float32'>, corpus: Tensor<'float32'>): number[] => {
    const [rows = 0, k = 0] = output.shape;
    return Array.from({ length: rows }, (_, row) => {
      const distances = Array.from({ length: corpus.shape[0] ?? 0 }, (_entry, entry) =>
        Array.from({ length: k }, (_each, at) => {
          const difference = (output.data[row * k + at] ?? 0) - (corpus.data[entry * k + at] ?? 0);
          return difference * difference;
        }).reduce((sum, square) => sum + square, 0),
      );
      return Math.min(...distances);
    });
  };

  test('as corpora grow, shrink and go', async () => {
    const { gpu } = await both(network(['batch', 5]), { watched: true });
    const input = random([11, 5]);
    for (const entries of [1, 64, 65, 1000, 3]) {
      const corpus = random([entries, 3]);
      const { output, nearest, nonFinite } = await gpu.runWith({ input, corpus });
      nearestOf(output, corpus).forEach((expected, row) => {
        expect(nearest?.[row]).toBeCloseTo(expected, 6);
      });
      expect([...(nonFinite ?? [])]).toEqual(new Array(11).fill(0));
    }
    expect((await gpu.runWith({ input })).nearest).toBeUndefined();
  });

  test('infinite without entries, and for a row that is no number', async () => {
    const { gpu } = await both(network(['batch', 5]));
    const input = random([2, 5]);
    expect([...((await gpu.runWith({ input, corpus: random([0, 3]) })).nearest ?? [])]).toEqual([
      Infinity,
      Infinity,
    ]);
    input.data[0] = Number.NaN;
    const nearest = (await gpu.runWith({ input, corpus: random([4, 3]) })).nearest ?? [];
    expect([nearest[0], Number.isFinite(nearest[1])]).toEqual([Infinity, true]);
  });

  test('a corpus of another width is refused', async () => {
    const { gpu } = await both(network(['batch', 5]));
    await expect(gpu.runWith({ input: random([1, 5]), corpus: random([4, 2]) })).rejects.toThrow(RangeError);
  });
});

test('where no adapter answers in time, WebAssembly runs the model, and says so', async () => {
  const model = await discoverTypes(network(['batch', 5]), 'test.onnx', inline);
  const gpu = await openGpuExecutable(model, { file: 'test.onnx', adapterTimeoutMs: 1 });
  opened.push(gpu);
  expect([gpu.mode, gpu.words]).toEqual(['webasm', 'gpu.js (WebAssembly)']);
});

test('the mode of last resort computes the same', async () => {
  const { gpu, deployed } = await both(network(['batch', 5]), { mode: 'cpu' });
  const x = random([10, 5]);
  expect(gpu.words).toBe('gpu.js (JavaScript)');
  expectClose(await gpu.run(x), await deployed.run(x));
});

test('a mode that cannot be had is a RUNTIME_FAILED', async () => {
  const model = await discoverTypes(network(['batch', 5]), 'test.onnx', inline);
  await expect(
    openGpuExecutable(model, { file: 'test.onnx', mode: 'webgpu', adapterTimeoutMs: 1 }),
  ).rejects.toMatchObject({ code: 'RUNTIME_FAILED', details: { where: 'test.onnx' } });
});

test('after close everything rejects', async () => {
  const { gpu } = await both(network(['batch', 5]));
  const late = gpu.run(random([300, 5]));
  await Promise.all([expect(late).rejects.toThrow(RuntimeError), gpu.close()]);
  await expect(gpu.run(random([1, 5]))).rejects.toThrow(RuntimeError);
});
