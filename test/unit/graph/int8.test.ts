// int8: weights and data on their grids, the file as its lowering has it, and as good a classifier as before.
import { describe, expect, test } from 'vitest';
import { readDigits, type Samples } from '../../../corpora/train/data.js';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { createRng } from '../../../src/base/rng.js';
import { float32, type Tensor, tensor } from '../../../src/base/tensor.js';
import { requireFaithful } from '../../../src/cli/check/faithful.js';
import type { Model } from '../../../src/graph/graph.js';
import { calibrated, greatestWeight, gridOf, type Range, toInt8 } from '../../../src/graph/precision/int8.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { calibrate } from '../../../src/ops/calibrate.js';
import { argMax } from '../../../src/policy/judge.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';
import { bytesOf, modelOf as committed } from '../corpora/committed.js';

const { train, test: held } = readDigits(bytesOf('digits.npz'));

const quantised = async (file: Model, rows: Tensor<'float32'>) => {
  const typed = await discoverTypes(file, 'test.onnx', inline);
  const ranges = await calibrate(typed, calibrated(typed), rows, 'test.onnx', inline);
  return { typed, ranges, model: toInt8(typed, ranges, 'test.onnx') };
};

/** Share of the rows whose greatest output is that of their label. */
async function accuracy(file: Model, { images, labels }: Samples): Promise<number> {
  const outputs = await (await opened(file)).run(images);
  const right = Array.from(labels).filter(
    (label, row) => argMax(outputs.subarray(row * 10, (row + 1) * 10)) === label,
  );
  return right.length / labels.length;
}

const constant = ({ graph }: Model, name: string | undefined): Tensor => {
  const value = graph.constants.get(name ?? '');
  if (value === undefined) throw new Error(`no constant ${name}`);
  return value;
};

describe.each(['digits-mlp', 'digits-cnn'])('%s', (name) => {
  test('weights are on their grids, half a step from what they were, and only they and data are changed', async () => {
    const { typed, model } = await quantised(committed(name), train.images);
    const makers = new Map(model.graph.nodes.flatMap((node) => node.outputs.map((out) => [out, node])));
    const affine = typed.graph.nodes.filter(({ type }) => ['MatMul', 'Gemm', 'Conv'].includes(type));
    expect(affine.length).toBeGreaterThan(1);
    for (const { name: node, type, inputs } of affine) {
      const now = model.graph.nodes.find((other) => other.name === node);
      const weight = makers.get(now?.inputs[1] ?? '');
      expect(weight?.type).toBe('DequantizeLinear');
      const steps = constant(model, weight?.inputs[0]);
      const scales = Array.from(constant(model, weight?.inputs[1]).data, Number);
      const before = Array.from(typed.graph.constants.get(inputs[1] ?? '')?.data ?? [], Number);
      expect([steps.dtype, steps.data.length, before.length > 0]).toEqual(['int8', before.length, true]);
      expect(scales.length).toBe(type === 'Conv' ? steps.shape[0] : 1);
      const size = before.length / scales.length;
      Array.from(steps.data, Number).forEach((step, at) => {
        const scale = scales[Math.floor(at / size)] ?? Number.NaN;
        expect(Math.abs(step * scale - (before[at] ?? 0))).toBeLessThanOrEqual(scale * 0.500001);
      });
      for (let group = 0; group < scales.length; group++) {
        const part = Array.from(steps.data, Number).slice(group * size, (group + 1) * size);
        expect(Math.max(...part.map(Math.abs))).toBe(greatestWeight);
      }
      // Data comes from uint8; the bias is the very one it was.
      const data = makers.get(now?.inputs[0] ?? '');
      expect([data?.type, constant(model, data?.inputs[2]).dtype]).toEqual(['DequantizeLinear', 'uint8']);
      expect(makers.get(data?.inputs[0] ?? '')?.inputs[0]).toBe(inputs[0]);
      expect(model.graph.constants.get(inputs[2] ?? '')).toEqual(typed.graph.constants.get(inputs[2] ?? ''));
      expect(model.graph.constants.has(inputs[1] ?? '')).toBe(false);
    }
  });

  test('ONNX Runtime runs the file, as its lowering does, and it classifies the test digits nearly as before', async () => {
    const { typed, model } = await quantised(committed(name), train.images);
    const bytes = encodeModel(model);
    const file = await discoverTypes(decodeModel(bytes, { file: 'int8.onnx' }), 'int8.onnx', inline);
    const executable = await openExecutable(file, bytes, inline);
    await requireFaithful(file, executable, 'int8.onnx', inline);
    const [before, after] = [await accuracy(typed, held), await accuracy(model, held)];
    expect(before - after).toBeLessThan(0.02);
    const [float, int8] = [
      await (await opened(typed)).run(held.images),
      await (await opened(model)).run(held.images),
    ];
    const changes = int8.map((value, at) => Math.abs(value - (float[at] ?? 0)));
    expect(Math.max(...changes)).toBeGreaterThan(1e-3);
  });

  test('equal rows give equal bytes', async () => {
    const bytes = async () => encodeModel((await quantised(committed(name), train.images)).model);
    expect(await bytes()).toEqual(await bytes());
  });

  test('ranges are those of the values that ONNX Runtime computes', async () => {
    const { typed, ranges } = await quantised(committed(name), train.images);
    expect([...ranges.keys()]).toEqual(calibrated(typed));
    for (const [value, [least, greatest]] of ranges) {
      const shown = { ...typed.graph, outputs: [{ name: value, dtype: undefined, shape: undefined }] };
      const values =
        value === typed.input.name ? train.images.data : await outputs({ ...typed, graph: shown });
      const found = Array.from(values).reduce<[number, number]>(
        ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
        [Infinity, -Infinity],
      );
      expect(least).toBeCloseTo(found[0], 4);
      expect(greatest).toBeCloseTo(found[1], 4);
    }
  });
});

const outputs = async (model: Model) => (await opened(model)).run(train.images);

describe('grids', () => {
  test.each<[Range, number, number]>([
    [[0, 255], 1, 0],
    [[10, 255], 1, 0],
    [[-255, -3], 1, 255],
    [[-1, 1], Math.fround(2 / 255), 127],
    [[-100, 155], 1, 100],
    [[0, 0], 1, 0],
    [[0, 1e-46], 1, 0],
  ])('of %j: scale %d, zero %d', (range, scale, zero) => {
    const grid = gridOf(range);
    expect(grid.scale).toBe(scale);
    // 127.5 is rounded in floating point.
    expect(Math.abs(grid.zero - zero)).toBeLessThanOrEqual(range[0] === -1 ? 1 : 0);
  });

  test('every range is on its grid to half a step, and zero is on it exactly', () => {
    const rng = createRng(3, 'grids');
    for (let run = 0; run < 1000; run++) {
      const range: Range = [rng.normal() * 10 ** rng.below(6), rng.normal() * 10 ** rng.below(6)];
      const [least, greatest] = range.toSorted((a, b) => a - b) as [number, number];
      const { scale, zero } = gridOf([least, greatest]);
      expect(Number.isInteger(zero) && zero >= 0 && zero <= 255).toBe(true);
      for (const value of [least, greatest, 0]) {
        const step = Math.min(255, Math.max(0, Math.round(value / scale) + zero));
        expect(Math.abs((step - zero) * scale - value)).toBeLessThanOrEqual(value === 0 ? 0 : scale * 1.0001);
      }
    }
  });
});

const draw = createRng(1, 'weights');
const weights = (...shape: number[]) =>
  float32(
    Float32Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, () => draw.normal()),
    shape,
  );
const rows = weights(200, 4);

describe('shapes of graphs', () => {
  test.each<[string, NodeShorthand[], Record<string, Tensor>, number, number]>([
    ['MatMul, weights on the right', [['MatMul', ['x', 'w'], 'y']], { w: weights(4, 3) }, 17, 1],
    [
      'MatMul, weights on the left',
      [
        ['Transpose', ['x'], 't'],
        ['MatMul', ['w', 't'], 'u'],
        ['Transpose', ['u'], 'y'],
      ],
      { w: weights(3, 4) },
      17,
      1,
    ],
    [
      'Gemm, transposed, with bias',
      [['Gemm', ['x', 'w', 'b'], 'y', { transB: 1 }]],
      { w: weights(3, 4), b: weights(3) },
      17,
      1,
    ],
    ['the oldest opset', [['Gemm', ['x', 'w', 'b'], 'y']], { w: weights(4, 3), b: weights(3) }, 10, 1],
    [
      'one value read twice, by the same weights',
      [
        ['MatMul', ['x', 'w'], 'a'],
        ['MatMul', ['x', 'w'], 'b'],
        ['Add', ['a', 'b'], 'y'],
      ],
      { w: weights(4, 3) },
      17,
      1,
    ],
    [
      'weights in a Constant node, and read elsewhere as they are',
      [
        ['Constant', [], 'w', { value: { kind: 'tensor', value: weights(4, 4) } }],
        ['MatMul', ['x', 'w'], 'a'],
        ['MatMul', ['a', 'w'], 'b'],
        ['ReduceSum', ['w'], 's'],
        ['Add', ['b', 's'], 'y'],
      ],
      {},
      17,
      2,
    ],
    [
      'names that are taken',
      [
        ['MatMul', ['x', 'w'], 'x_uint8'],
        ['Relu', ['x_uint8'], 'y'],
      ],
      { w: weights(4, 3) },
      17,
      1,
    ],
    [
      'weights that are all zero',
      [['MatMul', ['x', 'w'], 'y']],
      { w: float32(new Float32Array(12), [4, 3]) },
      17,
      1,
    ],
  ])('%s', async (_, nodes, constants, opset, pairs) => {
    const { model, typed } = await quantised(modelOf(['batch', 4], nodes, constants, opset), rows);
    const count = (type: string) => model.graph.nodes.filter((node) => node.type === type).length;
    expect(count('QuantizeLinear')).toBe(pairs);
    expect(count('DequantizeLinear')).toBe(pairs + 1);
    const [before, after] = [await (await opened(typed)).run(rows), await (await opened(model)).run(rows)];
    const scale = Math.max(...before.map(Math.abs));
    const change = Math.max(...after.map((value, at) => Math.abs(value - (before[at] ?? 0))));
    expect(change).toBeLessThanOrEqual(0.05 * scale);
    expect(change > 0).toBe(scale > 0);
  });

  test('Conv before opset 13 has one scale for all channels', async () => {
    const file = modelOf(['batch', 1, 2, 2], [['Conv', ['x', 'w'], 'y']], { w: weights(5, 1, 1, 1) }, 11);
    const { model } = await quantised(file, float32(rows.data, [200, 1, 2, 2]));
    const scales = model.graph.nodes
      .filter(({ type }) => type === 'DequantizeLinear')
      .map(({ inputs }) => constant(model, inputs[1]).shape);
    expect(scales).toEqual([[], []]);
    await opened(model);
  });

  test('what is not constant, already quantised or not finite stays', async () => {
    const grid = { s: float32([0.1], []), z: tensor('int8', [], Int8Array.of(0)) };
    const eight = tensor(
      'int8',
      [4, 4],
      Int8Array.from({ length: 16 }, (_, at) => at),
    );
    const odd = float32([Infinity, ...new Array<number>(15).fill(0)], [4, 4]);
    const file = modelOf(
      ['batch', 4],
      [
        ['DequantizeLinear', ['q', 's', 'z'], 'w'],
        ['MatMul', ['x', 'w'], 'a'],
        ['MatMul', ['a', 'odd'], 'b'],
        ['Transpose', ['b'], 'c'],
        ['MatMul', ['c', 'a'], 'd'],
        ['MatMul', ['a', 'd'], 'y'],
      ],
      { ...grid, q: eight, odd },
    );
    const typed = await discoverTypes(file, 'test.onnx', inline);
    expect(calibrated(typed)).toEqual([]);
    expect(() => toInt8(typed, new Map(), 'test.onnx')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_MODEL' }),
    );
  });

  test('refused: an opset without QuantizeLinear, values without a finite range', async () => {
    const old = modelOf(['batch', 4], [['MatMul', ['x', 'w'], 'y']], { w: weights(4, 3) }, 9);
    await expect(quantised(old, rows)).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
    const infinite = modelOf(
      ['batch', 4],
      [
        ['Exp', ['x'], 'e'],
        ['MatMul', ['e', 'w'], 'y'],
      ],
      { w: weights(4, 3) },
    );
    const large = float32([1, 2, 3, 1000], [1, 4]);
    await expect(quantised(infinite, large)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      details: { where: 'test.onnx' },
    });
  });
});
