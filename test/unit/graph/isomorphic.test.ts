// Same structure, other weights: what differs is said.
import { expect, test } from 'vitest';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { structuralDifference } from '../../../src/graph/isomorphic.js';
import { Draw } from '../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const draw = new Draw(3);
const weights = () => ({ w: draw.tensor([2, 2]), b: draw.tensor([2]) });
const nodes: NodeShorthand[] = [
  ['Gemm', ['x', 'w', 'b'], 'h', { alpha: { float: 0.5 } }],
  ['Relu', ['h'], 'r'],
  ['Add', ['r', 'h'], 'y'],
];
const reference = modelOf(['batch', 2], nodes, weights());
const changed = (
  at: number,
  node: NodeShorthand,
  constants: Record<string, Tensor> = weights(),
  more: readonly NodeShorthand[] = [],
): Model => modelOf(['batch', 2], [...nodes.toSpliced(at, 1, node), ...more], constants);

test.each<[string, Model]>([
  ['other weights', modelOf(['batch', 2], nodes, weights())],
  [
    'other names, other order, and a type of its own',
    modelOf(
      ['batch', 2],
      [
        ['Gemm', ['x', 'v', 'c'], 'dense', { alpha: { float: 0.5 } }],
        ['Relu', ['dense'], 'positive'],
        ['Sigmoid', ['dense'], 'unused'],
        ['Add', ['positive', 'dense'], 'y'],
      ],
      { v: { dtype: 'float64', shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }, c: draw.tensor([2]) },
    ),
  ],
])('the same structure: %s', (_, model) => {
  expect(structuralDifference(reference, model)).toBeUndefined();
  expect(structuralDifference(model, reference)).toBeUndefined();
});

test.each<[string, Model, RegExp]>([
  ['an operator', changed(1, ['Sigmoid', ['h'], 'r']), /node "Sigmoid_1" \(Sigmoid\), the other has .*Relu/],
  ['an attribute', changed(0, ['Gemm', ['x', 'w', 'b'], 'h']), /node "Gemm_0" \(Gemm\) has another "alpha"/],
  ['a value', changed(0, ['Gemm', ['x', 'w', 'b'], 'h', { alpha: { float: 2 } }]), /another "alpha"/],
  ['a count of inputs', changed(0, ['Gemm', ['x', 'w'], 'h', { alpha: { float: 0.5 } }]), /2 inputs, and 3/],
  [
    'a shape',
    modelOf(['batch', 2], nodes, { w: draw.tensor([2, 2]), b: draw.tensor([1]) }),
    /"b" has shape \[1\], and \[2\]/,
  ],
  ['the wiring', changed(2, ['Add', ['r', 'r'], 'y']), /node "Relu_1".*the other has node "Gemm_0"/],
  [
    'weights for a value',
    changed(2, ['Add', ['r', 'b'], 'y']),
    /the weights "b", the other has node "Gemm_0"/,
  ],
  ['a layer less', modelOf(['batch', 2], [['Add', ['x', 'x'], 'y']]), /the input "x", the other has node/],
])('%s differs', (_, model, expected) => {
  expect(structuralDifference(reference, model)).toMatch(expected);
  expect(structuralDifference(model, reference)).toBeDefined();
});

test('a value that is shared, and one that is computed twice', () => {
  const twice = modelOf(
    ['batch', 2],
    [
      ['Relu', ['x'], 'a'],
      ['Relu', ['x'], 'b'],
      ['Add', ['a', 'b'], 'y'],
    ],
  );
  const once = modelOf(
    ['batch', 2],
    [
      ['Relu', ['x'], 'a'],
      ['Add', ['a', 'a'], 'y'],
    ],
  );
  expect(structuralDifference(twice, once)).toMatch(/shares a value/);
  expect(structuralDifference(once, twice)).toMatch(/it reads "/);
});

test('whole numbers are structure', () => {
  const reshaped = (shape: number[]) =>
    modelOf(['batch', 4], [['Reshape', ['x', 's'], 'y']], { s: int64(shape), unused: float32([1]) });
  expect(structuralDifference(reshaped([-1, 2]), reshaped([-1, 2]))).toBeUndefined();
  expect(structuralDifference(reshaped([-1, 2]), reshaped([-1, 4]))).toMatch(/"s" has other numbers/);
});
