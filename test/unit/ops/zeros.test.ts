// Sums with zeros: nothing but what kernels may make zero of is lost, and what is before them is bounded as if they were not there.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32, zeros } from '../../../src/base/tensor.js';
import { instanceOf } from '../../../src/graph/instance.js';
import { boundModel } from '../../../src/ops/bound-model.js';
import { createRounding } from '../../../src/ops/rounding.js';
import { Program } from '../../../src/program/program.js';
import { planOf } from '../../../src/verify/crown/plan.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { compute, inline, result } from '../../helpers/programs.js';

const constants = {
  zero: zeros('float32', [3]),
  small: float32([0, 0, 2 ** -100]),
  w: float32([1, 2, -1, 0.5, 3, -2], [3, 2]),
};

async function boundsOf(node: NodeShorthand, lower: readonly number[], upper: readonly number[]) {
  const model = instanceOf(
    await discoverTypes(modelOf(['batch', 3], [node], constants), 'zeros.onnx', inline),
  );
  const p = new Program();
  const [low, high] = [p.input('low', 'float32', [1, 3]), p.input('high', 'float32', [1, 3])];
  const bounds = boundModel(
    p,
    model,
    { lower: low, upper: high },
    createRounding('float32', 'deployed'),
  ).bounds('y');
  const found = await compute(
    p,
    { lower: bounds.lower, upper: bounds.upper },
    { low: float32(lower, [1, 3]), high: float32(upper, [1, 3]) },
  );
  return [[...result(found, 'lower').data], [...result(found, 'upper').data]];
}

const [lower, upper] = [
  [-1, 0.1, 3e38],
  [1, 0.1, 3e38],
].map((row) => [...Float32Array.from(row)]) as [number[], number[]];

test.each([
  ['x - 0', ['Sub', ['x', 'zero'], 'y']],
  ['x + 0', ['Add', ['x', 'zero'], 'y']],
  ['0 + x', ['Add', ['zero', 'x'], 'y']],
] as const)('%s has the bounds of x', async (_title, node) => {
  expect(await boundsOf(node as NodeShorthand, lower, upper)).toEqual([lower, upper]);
});

test('a subnormal number may have become zero', async () => {
  const [least = [], most = []] = await boundsOf(
    ['Add', ['x', 'zero'], 'y'],
    [1e-40, -1e-40, 0],
    [1e-40, -1e-40, 0],
  );
  expect(Number(least[0])).toBeLessThanOrEqual(0);
  expect(Number(most[1])).toBeGreaterThanOrEqual(0);
});

test.each([
  ['0 - x', ['Sub', ['zero', 'x'], 'y']],
  ['x - [0, 0, 2^-100]', ['Sub', ['x', 'small'], 'y']],
] as const)('%s is rounded', async (_title, node) => {
  expect(await boundsOf(node as NodeShorthand, lower, upper)).not.toEqual([lower, upper]);
});

test('a layer takes up zeros like any other bias', async () => {
  const nodes: readonly NodeShorthand[] = [
    ['MatMul', ['x', 'w'], 'h'],
    ['Add', ['h', 'none'], 'y'],
  ];
  for (const none of [zeros('float32', [2]), float32([0, 1])]) {
    const file = modelOf(['batch', 3], nodes, { ...constants, none });
    const model = instanceOf(await discoverTypes(file, 'zeros.onnx', inline));
    const p = new Program();
    const box = { lower: p.input('low', 'float32', [1, 3]), upper: p.input('high', 'float32', [1, 3]) };
    const bounded = boundModel(p, model, box, createRounding('float32', 'deployed'));
    const { affine } = bounded.bounds('y');
    expect(affine && bounded.nameOf(affine.input)).toBe('x');
  }
});

test('a layer behind it has interval bounds that rows could not make better', async () => {
  const layer: readonly NodeShorthand[] = [
    ['MatMul', ['from', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['ReduceSum', ['r'], 'y'],
  ];
  const plainIn = async (first: NodeShorthand) => {
    const model = await discoverTypes(
      modelOf(['batch', 3], [first, ...layer], constants),
      'zeros.onnx',
      inline,
    );
    return planOf(instanceOf(model), true).targets.map(({ name, plain }) => [name, plain]);
  };
  expect(await plainIn(['Sub', ['x', 'zero'], 'from'])).toEqual([['h', true]]);
  expect(await plainIn(['Sub', ['x', 'small'], 'from'])).toEqual([['h', false]]);
});
