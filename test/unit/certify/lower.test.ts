// The checker's own lowering against ONNX Runtime: every operator that it knows, and bounds around what is executed.
import { afterAll, expect, test } from 'vitest';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import { plainProducts } from '../../../src/certify/backward.js';
import { boundedIn } from '../../../src/certify/bounds.js';
import { viewsOf } from '../../../src/certify/known.js';
import { lowerNetwork } from '../../../src/certify/lower/lower.js';
import type { Network } from '../../../src/certify/network.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Draw } from '../../helpers/draw.js';
import { SEED } from '../../helpers/laws.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const runtime = createInlineRuntime();
afterAll(() => runtime.close());

/** In float64. */
function evaluated({ steps, output }: Network, x: Float32Array): number[] {
  const values: number[][] = [];
  steps.forEach((step, at) => {
    if (step.kind === 'input') values[at] = Array.from(x);
    else if (step.kind === 'curve')
      values[at] = (values[step.source] ?? []).map((value, element) => {
        const [low, high] = step.curve.range([value, value], element);
        return low / 2 + high / 2;
      });
    else
      values[at] = Array.from(step.bias, (bias, row) =>
        step.parts.reduce((sum, { source, matrix: { starts, indices, weights } }) => {
          let total = sum;
          for (let k = starts[row] ?? 0; k < (starts[row + 1] ?? 0); k++)
            total += (weights[k] ?? 0) * (values[source]?.[indices[k] ?? -1] ?? Number.NaN);
          return total;
        }, bias),
      );
  });
  return values[output] ?? [];
}

type Case = {
  readonly shape: readonly number[];
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: (draw: Draw) => Readonly<Record<string, Tensor>>;
};

const positive = (draw: Draw, size: number) =>
  float32(Array.from({ length: size }, () => 0.5 + draw.uniform()));

const cases: Readonly<Record<string, Case>> = {
  'Conv with groups, strides, pads and dilations, BatchNormalization, Relu': {
    shape: [1, 4, 7, 6],
    nodes: [
      ['Conv', ['x', 'w', 'b'], 'c', { strides: [2, 1], pads: [1, 0, 2, 1], dilations: [1, 2], group: 2 }],
      ['BatchNormalization', ['c', 'gain', 'beta', 'mean', 'variance'], 'n', { epsilon: { float: 1e-3 } }],
      ['Relu', ['n'], 'y'],
    ],
    constants: (draw) => ({
      w: draw.tensor([6, 2, 3, 2]),
      b: draw.tensor([6]),
      gain: draw.tensor([6]),
      beta: draw.tensor([6]),
      mean: draw.tensor([6]),
      variance: positive(draw, 6),
    }),
  },
  'Conv of one dimension': {
    shape: [1, 2, 9],
    nodes: [['Conv', ['x', 'w'], 'y', { strides: [2], pads: [1, 1] }]],
    constants: (draw) => ({ w: draw.tensor([3, 2, 3]) }),
  },
  'a residual sum that is scaled, and joined with what it was made of': {
    shape: [1, 2, 3, 3],
    nodes: [
      ['Conv', ['x', 'w'], 'c', { pads: [1, 1, 1, 1] }],
      ['Relu', ['c'], 'r'],
      ['Conv', ['r', 'v'], 'd', { pads: [1, 1, 1, 1] }],
      ['Add', ['d', 'x'], 's'],
      ['Mul', ['s', 'factor'], 'm'],
      ['Concat', ['m', 'r', 'x'], 'y', { axis: 1 }],
    ],
    constants: (draw) => ({
      w: draw.tensor([2, 2, 3, 3]),
      v: draw.tensor([2, 2, 3, 3]),
      factor: draw.tensor([2, 1, 1]),
    }),
  },
  'Concat along another axis, of moved values': {
    shape: [1, 2, 3],
    nodes: [
      ['Neg', ['x'], 'n'],
      ['Transpose', ['n'], 't', { perm: [0, 2, 1] }],
      ['Relu', ['x'], 'r'],
      ['Transpose', ['r'], 'u', { perm: [0, 2, 1] }],
      ['Concat', ['t', 'u'], 'y', { axis: -1 }],
    ],
  },
  'Gemm with a transposed weight and a bias for all': {
    shape: [1, 4],
    nodes: [
      ['Gemm', ['x', 'w', 'b'], 'h', { transB: 1 }],
      ['Gemm', ['h', 'v', 'c'], 'y'],
    ],
    constants: (draw) => ({
      w: draw.tensor([5, 4]),
      b: draw.tensor([1, 5]),
      v: draw.tensor([5, 3]),
      c: draw.tensor([1]),
    }),
  },
  'products from either side': {
    shape: [1, 3, 4],
    nodes: [
      ['MatMul', ['x', 'w'], 'h'],
      ['MatMul', ['v', 'h'], 'y'],
    ],
    constants: (draw) => ({ w: draw.tensor([4, 5]), v: draw.tensor([2, 3]) }),
  },
  'constants on either side, spread over more axes': {
    shape: [1, 3],
    nodes: [
      ['Sub', ['a', 'x'], 's'],
      ['Sub', ['s', 'b'], 't'],
      ['Div', ['t', 'c'], 'd'],
      ['Mul', ['e', 'd'], 'm'],
      ['Add', ['f', 'm'], 'y'],
    ],
    constants: (draw) => ({
      a: draw.tensor([3]),
      b: draw.tensor([2, 1, 3]),
      c: positive(draw, 3),
      e: draw.tensor([3]),
      f: draw.tensor([1, 2, 1]),
    }),
  },
  'differences of two values, one spread': {
    shape: [1, 3, 4],
    nodes: [
      ['Relu', ['x'], 'r'],
      ['MatMul', ['x', 'w'], 'h'],
      ['Sub', ['r', 'h'], 'y'],
    ],
    constants: (draw) => ({ w: draw.tensor([4, 1]) }),
  },
  'moves before and after a layer': {
    shape: [1, 2, 3, 2],
    nodes: [
      ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
      ['Flatten', ['t'], 'f'],
      ['Gemm', ['f', 'w'], 'h'],
      ['Reshape', ['h', 'shape'], 'q'],
      ['Transpose', ['q'], 'u', { perm: [0, 2, 1] }],
      ['Unsqueeze', ['u', 'axes'], 'v'],
      ['Squeeze', ['v', 'axes'], 'z'],
      ['Add', ['z', 'b'], 'y'],
    ],
    constants: (draw) => ({
      w: draw.tensor([12, 6]),
      shape: int64([0, -1, 2]),
      axes: int64([1]),
      b: draw.tensor([3]),
    }),
  },
  'pooling: means and extremes of windows': {
    shape: [1, 2, 5, 6],
    nodes: [
      ['AveragePool', ['x'], 'a', { kernel_shape: [2, 3], strides: [2, 1], pads: [1, 0, 0, 1] }],
      ['AveragePool', ['a'], 'b', { kernel_shape: [2, 2], pads: [1, 1, 0, 0], count_include_pad: 1 }],
      ['MaxPool', ['b'], 'm', { kernel_shape: [2, 2], strides: [1, 2], pads: [0, 0, 1, 1] }],
      ['GlobalAveragePool', ['m'], 'g'],
      ['GlobalMaxPool', ['m'], 'h'],
      ['Sub', ['h', 'g'], 'y'],
    ],
  },
  reductions: {
    shape: [1, 3, 4],
    nodes: [
      ['ReduceMean', ['x'], 'a', { axes: [1], keepdims: 0 }],
      ['ReduceMax', ['x'], 'b', { axes: [-2], keepdims: 0 }],
      ['ReduceMin', ['x'], 'c', { axes: [1] }],
      ['ReduceSum', ['c', 'axes'], 'd', { keepdims: 0 }],
      ['Add', ['a', 'b'], 's'],
      ['Add', ['s', 'd'], 'y'],
    ],
    constants: () => ({ axes: int64([1]) }),
  },
  'ConvTranspose with groups, strides, pads and more': {
    shape: [1, 4, 3, 4],
    nodes: [
      [
        'ConvTranspose',
        ['x', 'w', 'b'],
        'y',
        { strides: [2, 3], pads: [1, 0, 0, 2], dilations: [1, 2], output_padding: [1, 0], group: 2 },
      ],
    ],
    constants: (draw) => ({ w: draw.tensor([4, 3, 3, 2]), b: draw.tensor([6]) }),
  },
  'pieces: Slice, Gather, Split, Expand, Pad': {
    shape: [1, 4, 6],
    nodes: [
      ['Slice', ['x', 'from', 'to', 'axes', 'steps'], 's'],
      ['Split', ['s'], ['p', 'q'], { axis: 1 }],
      ['Gather', ['p', 'chosen'], 'g', { axis: 2 }],
      ['Gather', ['q', 'last'], 'h', { axis: -1 }],
      ['Expand', ['h', 'wide'], 'e'],
      ['Pad', ['e', 'pads', 'one'], 'f'],
      ['Flatten', ['x'], 'flat'],
      ['Gemm', ['flat', 'w'], 'z'],
      ['Flatten', ['g'], 'gf', { axis: 1 }],
      ['Reshape', ['f', 'row'], 'ff'],
      ['Concat', ['gf', 'ff', 'z', 'ff'], 'y', { axis: 1 }],
    ],
    constants: (draw) => ({
      from: int64([-1, 1]),
      to: int64([-100, 100]),
      axes: int64([1, 2]),
      steps: int64([-1, 2]),
      chosen: int64([2, 0, -1, 1], [2, 2]),
      last: int64([1], []),
      wide: int64([2, 1, 2]),
      row: int64([1, -1]),
      pads: int64([0, 1, 0, 0, 0, 1]),
      one: float32([1], []),
      w: draw.tensor([24, 3]),
    }),
  },
  'curves, and extremes of values and constants': {
    shape: [1, 6],
    nodes: [
      ['Gemm', ['x', 'w'], 'a'],
      ['Sigmoid', ['a'], 'b'],
      ['Gemm', ['b', 'w'], 'c'],
      ['Tanh', ['c'], 'd'],
      ['LeakyRelu', ['d'], 'e', { alpha: { float: 0.3 } }],
      ['PRelu', ['e', 'slopes'], 'f'],
      ['Max', ['f', 'x', 'limits'], 'g'],
      ['Min', ['g', 'd'], 'h'],
      ['Abs', ['h'], 'i'],
      ['Clip', ['i', 'least', 'most'], 'j'],
      ['HardSigmoid', ['j'], 'k'],
      ['Add', ['k', 'k'], 'l'],
      ['Softsign', ['l'], 'y'],
    ],
    constants: (draw) => ({
      w: draw.tensor([6, 6]),
      slopes: draw.tensor([6]),
      limits: draw.tensor([6]),
      least: float32([0.01], []),
      most: float32([0.7], []),
    }),
  },
};

test.each(Object.entries(cases))('%s', async (_, { shape, nodes, constants }) => {
  const draw = new Draw(SEED);
  const model = modelOf(shape, nodes, constants?.(draw) ?? {});
  const network = lowerNetwork(model);
  const session = await runtime.open(encodeModel(model));
  const size = shape.reduce((product, dim) => product * dim, 1);
  const lower = Float64Array.from({ length: size }, () => -0.5 - draw.uniform());
  const upper = Float64Array.from({ length: size }, () => 0.5 + draw.uniform());
  const machine = { ...boundedIn(network, 'deployed'), products: plainProducts };
  const [view] = await viewsOf(machine, [{ box: { lower, upper } }]);
  const bounds = view?.known.bounds[network.output];
  for (let run = 0; run < 5; run++) {
    const x = Float32Array.from(lower, (low, at) => low + draw.uniform() * ((upper[at] ?? 0) - low));
    const { y } = await session.run({ x: float32(x, shape) });
    const found = Array.from(y?.data as Float32Array);
    const own = evaluated(network, x);
    expect(own).toHaveLength(found.length);
    found.forEach((value, at) => {
      expect(own[at]).toBeCloseTo(value, 4);
      expect(value).toBeGreaterThanOrEqual(bounds?.lower[at] ?? Number.NaN);
      expect(value).toBeLessThanOrEqual(bounds?.upper[at] ?? Number.NaN);
    });
  }
});

test.each([
  ['a product of computed values', [['MatMul', ['x', 'x'], 'y']]],
  ['a sum of a batch', [['ReduceSum', ['x'], 'y', { noop_with_empty_axes: 1 }]]],
  ['padding that is chosen', [['Conv', ['x', 'w'], 'y', { auto_pad: 'SAME_UPPER' }]]],
  ['a scaled product', [['Gemm', ['x', 'w'], 'y', { alpha: { float: 2 } }]]],
] as const)('%s is not known', (_, nodes) => {
  expect(() => lowerNetwork(modelOf([1, 1], nodes, { w: float32([1], [1, 1]) }))).toThrow(/node|itself/);
});
