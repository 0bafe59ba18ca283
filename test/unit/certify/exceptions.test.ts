// Claims that ONNX Runtime breaks at a point where the formula of the network keeps them: no proof of them is accepted.
import { afterAll, expect, test } from 'vitest';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import { kinked, magnitude, relu } from '../../../src/certify/curves.js';
import { lowerNetwork } from '../../../src/certify/lower/lower.js';
import { NotCheckable } from '../../../src/certify/network.js';
import type { Constraint } from '../../../src/findings/certificate/certificate.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { atMost, certificateOf, check } from '../../helpers/certificates.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';

const runtime = createInlineRuntime();
afterAll(() => runtime.close());

type Case = {
  readonly x: readonly number[];
  readonly shape?: readonly number[];
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Never true, it says. */
  readonly never: Constraint;
};

const atLeast = (bound: number): Constraint => atMost(0, -bound, -1);
const huge = Array.from({ length: 16 }, () => 4e37);
const [up, down] = [scalar(1e30), scalar(1e-30)];

const cases: Readonly<Record<string, Case>> = {
  'an overflow, then a scale and a shift': {
    x: [1e9],
    nodes: [
      ['Mul', ['x', 'up'], 'a'],
      ['Mul', ['a', 'down'], 'b'],
      ['Add', ['b', 'one'], 'y'],
    ],
    constants: { up, down, one: scalar(1) },
    never: atLeast(1e20),
  },
  'an overflow, then a scale and a move': {
    x: [1000],
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['Mul', ['a', 'down'], 'b'],
      ['Transpose', ['b'], 'y'],
    ],
    constants: { w: float32([1e37], [1, 1]), down },
    never: atLeast(1e20),
  },
  'an overflow, then BatchNormalization and a part': {
    x: [1000],
    nodes: [
      ['MatMul', ['x', 'w'], 'a'],
      ['BatchNormalization', ['a', 'gain', 'zero', 'zero', 'one'], 'b'],
      ['Gather', ['b', 'first'], 'y', { axis: 1 }],
    ],
    constants: {
      w: float32([1e37], [1, 1]),
      gain: float32([1e-30], [1]),
      zero: float32([0], [1]),
      one: float32([1], [1]),
      first: int64([0]),
    },
    never: atLeast(1e20),
  },
  'a mean whose sum overflows': {
    x: huge,
    nodes: [['ReduceMean', ['x'], 'y', { axes: [1] }]],
    never: atLeast(1e38),
  },
  'a mean of space whose sum overflows': {
    x: huge,
    shape: [1, 1, 4, 4],
    nodes: [['GlobalAveragePool', ['x'], 'y']],
    never: atLeast(1e38),
  },
  'a mean of a window whose sum overflows': {
    x: huge,
    shape: [1, 1, 4, 4],
    nodes: [['AveragePool', ['x'], 'y', { kernel_shape: [4, 4] }]],
    never: atLeast(1e38),
  },
  'an input beyond a limit that is near the greatest float32': {
    x: [-3e38],
    nodes: [['Clip', ['x', 'least'], 'y']],
    constants: { least: scalar(-1e38) },
    never: {
      inputs: { indices: [0], coefficients: [1] },
      outputs: { indices: [0], coefficients: [-1] },
      bound: -1e38,
      strict: false,
    },
  },
  'a sum over no axes, which are all': {
    x: [1, 2],
    nodes: [
      ['ReduceSum', ['x', 'none'], 's'],
      ['Add', ['x', 's'], 'y'],
    ],
    constants: { none: int64([], [0]) },
    never: atLeast(3.5),
  },
  'a coefficient that is float32 though the file leaves it out': {
    x: [-0.7812507152557373],
    nodes: [['LeakyRelu', ['x'], 'y']],
    never: atLeast(-0.0078125066),
  },
  'a negative variance, almost all of epsilon': {
    x: [1],
    nodes: [['BatchNormalization', ['x', 'one', 'zero', 'zero', 'variance'], 'y']],
    constants: {
      one: float32([1], [1]),
      zero: float32([0], [1]),
      variance: float32([-9.999e-6], [1]),
    },
    never: atLeast(31629),
  },
  'a mean that overflows where it is taken off a bias': {
    x: [1],
    shape: [1, 1, 1, 1],
    nodes: [
      ['Conv', ['x', 'w', 'bias'], 'a'],
      ['BatchNormalization', ['a', 'gain', 'zero', 'mean', 'one'], 'y'],
    ],
    constants: {
      w: float32([1], [1, 1, 1, 1]),
      bias: float32([-4e37], [1]),
      gain: float32([1e-30], [1]),
      zero: float32([0], [1]),
      mean: float32([3.3e38], [1]),
      one: float32([1], [1]),
    },
    never: atMost(0, -1e30),
  },
  'a variance that overflows with its epsilon': {
    x: [1],
    nodes: [
      [
        'BatchNormalization',
        ['x', 'gain', 'zero', 'zero', 'variance'],
        'y',
        { epsilon: { float: Math.fround(2e38) } },
      ],
    ],
    constants: { gain: float32([1e20], [1]), zero: float32([0], [1]), variance: float32([3e38], [1]) },
    never: atMost(0, 1),
  },
  'a weight that is no number, and meets padding only': {
    x: [1],
    shape: [1, 1, 1],
    nodes: [['Conv', ['x', 'w'], 'y', { pads: [1, 1] }]],
    constants: { w: float32([Number.NaN, 1, 2], [1, 1, 3]) },
    never: atLeast(2),
  },
  'a weight that is infinite with its scale, and meets padding only': {
    x: [1],
    shape: [1, 1, 1],
    nodes: [
      ['Conv', ['x', 'w'], 'a', { pads: [1, 1] }],
      ['BatchNormalization', ['a', 'gain', 'zero', 'zero', 'one'], 'y'],
    ],
    constants: {
      w: float32([1e30, 1, 2], [1, 1, 3]),
      gain: float32([1e10], [1]),
      zero: float32([0], [1]),
      one: float32([1], [1]),
    },
    never: atLeast(1e11),
  },
  'scales around a product that underflow as one': {
    x: [1e37],
    nodes: [
      ['Mul', ['x', 'small'], 'a'],
      ['MatMul', ['a', 'w'], 'b'],
      ['Mul', ['b', 'small'], 'y'],
    ],
    constants: { w: float32([1], [1, 1]), small: scalar(1e-25) },
    never: atMost(0, 0.5e-13),
  },
  'zeros around an image, moved there and back': {
    x: [-1, -2, -3, -4],
    shape: [1, 1, 2, 2],
    nodes: [
      ['Pad', ['x', 'pads'], 'a'],
      ['Transpose', ['a'], 'b', { perm: [0, 2, 3, 1] }],
      ['Transpose', ['b'], 'c', { perm: [0, 3, 1, 2] }],
      ['MaxPool', ['c'], 'y', { kernel_shape: [3, 3] }],
    ],
    constants: { pads: int64([0, 0, 1, 1, 0, 0, 0, 0]) },
    never: atMost(0, -0.5),
  },
  'zeros around an image, of which the greatest is taken': {
    x: [-1, -2, -3, -4],
    shape: [1, 1, 2, 2],
    nodes: [
      ['Pad', ['x', 'pads', 'zero'], 'a'],
      ['Identity', ['a'], 'b'],
      ['MaxPool', ['b'], 'y', { kernel_shape: [3, 3] }],
    ],
    constants: { pads: int64([0, 0, 1, 1, 0, 0, 0, 0]), zero: scalar(0) },
    never: atMost(0, -0.5),
  },
};

test.each(Object.entries(cases))('%s', async (_, { x, shape = [1, x.length], nodes, constants, never }) => {
  const model = modelOf(shape, nodes, constants);
  const results = await Promise.all(
    (['all', 'disabled'] as const).map(async (optimization) => {
      const session = await runtime.open(encodeModel(model), optimization);
      const { y } = await session.run({ x: float32(x, shape) });
      return Array.from(y?.data as Float32Array);
    }),
  );
  const { inputs, outputs, bound } = never;
  const isKept = ([value = Number.NaN]: readonly number[]) =>
    (outputs.coefficients[0] ?? 0) * value + (inputs.coefficients[0] ?? 0) * (x[0] ?? 0) > bound;
  expect(results.every(isKept), `${results}`).toBe(false);
  const certificate = certificateOf([x, x], results[0]?.length ?? 0, [never], { kind: 'leaf' });
  expect(await check(certificate, model)).toMatchObject({ accepted: false });
});

test.each([
  [
    'a limit that is no number',
    modelOf([1, 2], [['Clip', ['x'], 'y', { min: { float: Number.NaN } }]], {}, 10),
  ],
  [
    'slopes that make the result wider',
    modelOf([1, 1], [['PRelu', ['x', 'w'], 'y']], { w: float32([1, 0]) }),
  ],
  [
    'an extreme of one constant',
    modelOf(
      [1, 1],
      [
        ['Max', ['c'], 'm'],
        ['Add', ['m', 'x'], 'y'],
      ],
      { c: scalar(1) },
    ),
  ],
])('%s is not known', (_, model) => {
  expect(() => lowerNetwork(model)).toThrow(NotCheckable);
});

test('an input that is left out is none, whatever has no name', () => {
  const model = modelOf([1, 2], [['ReduceSum', ['x', ''], 'y', { keepdims: 0 }]], { '': int64([0]) });
  const { steps, output } = lowerNetwork(model);
  expect(steps[output]?.size).toBe(1);
});

test('curves of kernels with a product may flush to zero, whatever the slope', () => {
  expect([relu.absolute, magnitude.absolute]).toEqual([0, 0]);
  expect(kinked([1]).absolute).toBe(2 ** -126);
});
