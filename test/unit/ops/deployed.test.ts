// Hand-made cases where ONNX Runtime's own way of computing a model, fusions included, leaves what the nodes say.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { floatsOf, openBounder, violations } from '../../helpers/bounding.js';
import { crownOf } from '../../helpers/linear-bounds.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';

const runtime = createInlineRuntime();
const all = (value: number, shape: readonly number[]) =>
  float32(new Float32Array(sizeOf(shape)).fill(value), shape);

type Case = {
  readonly title: string;
  readonly x: Tensor<'float32'>;
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: Readonly<Record<string, Tensor>>;
};

async function boundsAt({ x, nodes, constants = {} }: Case) {
  const file = modelOf(['batch', ...x.shape.slice(1)], nodes, constants);
  const model = await discoverTypes(file, 'case.onnx', runtime);
  const outputs = floatsOf(await (await openExecutable(model, encodeModel(file), runtime)).run(x));
  const box = { lower: x, upper: x };
  const bounds = [
    await (await openBounder(model, 'float32', runtime))(box),
    await (await openBounder(model, 'float64', runtime))(box),
  ];
  return { outputs, bounds };
}

const channels = { g: all(1, [16]), zero: all(0, [16]), one: all(1, [16]) };

const overflowing: readonly Case[] = [
  {
    title: 'the sum of a mean overflows',
    x: all(1e38, [1, 1, 4, 4]),
    nodes: [['GlobalAveragePool', ['x'], 'y']],
  },
  {
    title: 'the sum of an average overflows',
    x: all(1e38, [1, 1, 4, 4]),
    nodes: [['AveragePool', ['x'], 'y', { kernel_shape: [4, 4] }]],
  },
  {
    title: 'alpha hides that a sum overflows',
    x: all(1e20, [1, 2]),
    nodes: [['Gemm', ['x', 'w'], 'y', { alpha: { float: 1e-30 } }]],
    constants: { w: all(1e20, [2, 2]) },
  },
  {
    title: 'a scale is applied behind a MatMul that overflows without it',
    x: all(1e20, [1, 2]),
    nodes: [
      ['Mul', ['x', 's'], 'a'],
      ['MatMul', ['a', 'w'], 'y'],
    ],
    constants: { s: scalar(1e-30), w: all(1e20, [2, 2]) },
  },
  {
    title: 'folded weights overflow',
    x: all(1e-30, [1, 16, 2, 2]),
    nodes: [
      ['Conv', ['x', 'w'], 'a'],
      ['Mul', ['a', 's'], 'y'],
    ],
    constants: { w: all(1e30, [16, 16, 1, 1]), s: all(1e20, [16, 1, 1]) },
  },
  {
    title: 'a small scale follows an overflow',
    x: all(1e20, [1, 2]),
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['Mul', ['a', 's'], 'y'],
    ],
    constants: { s: all(1e-30, [2]), w: all(1e20, [2, 2]) },
  },
  {
    title: 'scales around a product that underflow as one',
    x: all(1e37, [1, 1]),
    nodes: [
      ['Mul', ['x', 's'], 'a'],
      ['MatMul', ['a', 'w'], 'b'],
      ['Mul', ['b', 's'], 'y'],
    ],
    constants: { w: all(1, [1, 1]), s: scalar(1e-25) },
  },
  {
    title: 'scales around a product that overflow as one',
    x: all(1e-10, [1, 1]),
    nodes: [
      ['Mul', ['x', 's'], 'a'],
      ['MatMul', ['a', 'w'], 'b'],
      ['Mul', ['b', 's'], 'y'],
    ],
    constants: { w: all(1e-30, [1, 1]), s: scalar(1e25) },
  },
  {
    title: 'division by zero',
    x: all(1, [1, 2]),
    nodes: [['Div', ['x', 'z'], 'y']],
    constants: { z: scalar(0) },
  },
  {
    title: 'zero divided by zero',
    x: all(0, [1, 2]),
    nodes: [['Div', ['x', 'x'], 'y']],
  },
  {
    title: 'a negative variance',
    x: all(1, [1, 16]),
    nodes: [['BatchNormalization', ['x', 'g', 'zero', 'zero', 'v'], 'y']],
    constants: { ...channels, v: all(-1, [16]) },
  },
  { title: 'the logarithm of zero', x: all(0, [1, 2]), nodes: [['Log', ['x'], 'y']] },
  {
    title: 'NaN through Relu and MaxPool',
    x: all(1e38, [1, 1, 4]),
    nodes: [
      ['Mul', ['x', 'x'], 'a'],
      ['Sub', ['a', 'a'], 'b'],
      ['Relu', ['b'], 'c'],
      ['MaxPool', ['c'], 'y', { kernel_shape: [2] }],
    ],
  },
  {
    title: 'infinity through Sigmoid',
    x: all(1e38, [1, 4]),
    nodes: [
      ['Mul', ['x', 'x'], 'a'],
      ['Sigmoid', ['a'], 'y'],
    ],
  },
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => ({
    title: `a constant is ${value}`,
    x: all(1, [1, 2]),
    nodes: [['Add', ['x', 'c'], 'y']] as const,
    constants: { c: scalar(value) },
  })),
];

test.each(overflowing)('$title: no finite bound is claimed', async (given) => {
  const { bounds } = await boundsAt(given);
  for (const { lower, upper } of bounds) {
    expect(Array.from(upper)).toEqual(Array.from(upper, () => Number.POSITIVE_INFINITY));
    expect(Array.from(lower).some(Number.isNaN)).toBe(false);
  }
});

const contained: readonly Case[] = [
  {
    title: 'folded weights underflow to zero',
    x: all(3e37, [1, 16, 2, 2]),
    nodes: [
      ['Conv', ['x', 'w'], 'a'],
      ['Mul', ['a', 's'], 'y'],
    ],
    constants: { w: all(1e-28, [16, 16, 1, 1]), s: all(1e-20, [16, 1, 1]) },
  },
  {
    title: 'an underflow is scaled up',
    x: all(3e-30, [1, 4]),
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['Mul', ['a', 's'], 'y'],
    ],
    constants: { w: all(1.7e-15, [4, 2]), s: all(1e30, [2]) },
  },
  {
    title: 'an underflow is scaled up behind a MatMul',
    x: all(3e-30, [1, 4]),
    nodes: [
      ['Mul', ['x', 's'], 'a'],
      ['MatMul', ['a', 'w'], 'y'],
    ],
    constants: { w: all(1.7e-15, [4, 2]), s: scalar(1e30) },
  },
  {
    title: 'halving a subnormal number before a large weight',
    x: all(3 * 2 ** -149, [1, 1]),
    nodes: [['MatMul', ['x', 'w'], 'y']],
    constants: { w: all(1e30, [1, 1]) },
  },
  {
    title: 'a bias joins a long sum across a reshape',
    x: float32(
      Float32Array.from({ length: 1024 }, (_, at) => Math.sin(at) * 1e-3),
      [1, 1024],
    ),
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['Reshape', ['a', 'to'], 'b'],
      ['BatchNormalization', ['b', 'g', 'g', 'zero', 'one'], 'y'],
    ],
    constants: { w: all(0.01, [1024, 16]), to: int64([-1, 16]), ...channels, g: all(1e3, [16]) },
  },
  ...['Add', 'Sum'].map((type) => ({
    // Added to 1 in blocks of 128, the products are lost; the nodes say 1 + 2^-21.
    title: `a sum accumulates onto the other side, ${type}`,
    x: all(1, [1, 1024, 2, 2]),
    nodes: [
      ['Conv', ['x', 'v'], 'b', { group: 1024 }],
      ['Conv', ['x', 'w'], 'a'],
      [type, ['a', 'b'], 'y'],
    ] as const,
    constants: { w: all(2 ** -31, [1024, 1024, 1, 1]), v: all(1, [1024, 1, 1, 1]) },
  })),
  ...['align_corners', 'half_pixel', 'asymmetric'].map((mode) => ({
    // The kernel for blocks of channels finds its own coordinates.
    title: `a convolution is interpolated in blocks of channels, ${mode}`,
    x: float32(
      Float32Array.from({ length: 16 * 11 * 13 }, (_, at) => Math.sin(at)),
      [1, 16, 11, 13],
    ),
    nodes: [
      ['Conv', ['x', 'w'], 'a'],
      ['Resize', ['a', '', 'scales'], 'y', { mode: 'linear', coordinate_transformation_mode: mode }],
    ] as const,
    constants: { w: all(0.1, [16, 16, 1, 1]), scales: float32([1, 1, 3, 5]) },
  })),
  {
    title: 'slopes that make the result wider',
    x: float32([-2], [1, 1]),
    nodes: [['PRelu', ['x', 'w'], 'y']],
    constants: { w: float32([0.5, -0.25], [1, 2]) },
  },
  {
    title: 'a slope that the file leaves out',
    x: float32([-0.7812507152557373], [1, 1]),
    nodes: [['LeakyRelu', ['x'], 'y']],
  },
  {
    title: 'epsilon that the file leaves out',
    x: all(1, [1, 16]),
    nodes: [['BatchNormalization', ['x', 'g', 'zero', 'zero', 'v'], 'y']],
    constants: { ...channels, v: all(-9.999e-6, [16]) },
  },
  {
    title: 'limits near the greatest float32',
    x: all(-3e38, [1, 1]),
    nodes: [['Clip', ['x', 's'], 'y']],
    constants: { s: scalar(-1e38) },
  },
  {
    title: 'weights of zero under padding',
    x: all(1e30, [1, 1, 3]),
    nodes: [['Conv', ['x', 'w'], 'y', { pads: [1, 1] }]],
    constants: { w: all(0, [1, 1, 3]) },
  },
];

describe.each(contained)('$title', (given) => {
  test('the deployed output is inside finite bounds', async () => {
    const { outputs, bounds } = await boundsAt(given);
    for (const each of bounds) {
      expect(Array.from(each.upper).every(Number.isFinite)).toBe(true);
      expect(violations(each, outputs).slice(0, 3)).toEqual([]);
    }
  });
});

test.each([
  ['as it is', [['MaxPool', ['a'], 'y', { kernel_shape: [2, 2] }]]],
  [
    'moved there and back',
    [
      ['Transpose', ['a'], 'b', { perm: [0, 2, 3, 1] }],
      ['Transpose', ['b'], 'c', { perm: [0, 3, 1, 2] }],
      ['MaxPool', ['c'], 'y', { kernel_shape: [2, 2] }],
    ],
  ],
] as const)('zeros around an image may be in a MaxPool or not: %s', async (_, nodes) => {
  const x = float32([-1, -2, -3, 4], [1, 1, 2, 2]);
  const padding = ['Pad', ['x', 'pads'], 'a'] as const;
  const file = modelOf(['batch', 1, 2, 2], [padding, ...nodes], { pads: int64([0, 0, 1, 1, 0, 0, 0, 0]) });
  const model = await discoverTypes(file, 'case.onnx', runtime);
  const results = [];
  for (const optimization of ['all', 'disabled'] as const)
    results.push(floatsOf((await (await runtime.open(encodeModel(file), optimization)).run({ x })).y));
  expect(results.map((values) => Array.from(values))).toEqual([
    [-1, -1, -1, 4],
    [0, 0, 0, 4],
  ]);
  for (const dtype of ['float32', 'float64'] as const) {
    const bounds = await (await openBounder(model, dtype, runtime))({ lower: x, upper: x });
    expect(results.flatMap((values) => violations(bounds, values))).toEqual([]);
    expect(Math.max(...Array.from(bounds.upper))).toBe(4);
  }
  const backward = await crownOf(model, {}, runtime).output({ lower: x, upper: x });
  expect(results.flatMap((values) => violations(backward, values))).toEqual([]);
});
