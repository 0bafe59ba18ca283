// Plans of kernels: what is fused, what is refused.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { lowerToKernels, type Watching } from '../../../../src/backends/gpu/lower.js';
import { float32, type Tensor } from '../../../../src/base/tensor.js';
import { loadModel } from '../../../../src/onnx/load.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

const weights = float32([1, 2, 3, 4, 5, 6], [2, 3]);
const bias = float32([1, -1, 0.5]);

async function planOf(
  nodes: readonly NodeShorthand[],
  watching: Watching = 'unwatched',
  constants: Record<string, Tensor> = { w: weights, b: bias },
) {
  const model = await discoverTypes(modelOf(['batch', 2], nodes, constants), 'test.onnx', inline);
  return lowerToKernels(model, 'test.onnx', watching);
}

const layer: readonly NodeShorthand[] = [
  ['MatMul', ['x', 'w'], 'm'],
  ['Add', ['m', 'b'], 's'],
  ['Relu', ['s'], 'y'],
];

test('a layer is one kernel behind the one that turns the input', async () => {
  const plan = await planOf(layer);
  expect(plan.steps.map(({ node }) => node)).toEqual(['x', 'y']);
  expect(plan.watched).toEqual([]);
});

test('while results are watched, a sum is not hidden behind its activation', async () => {
  const plan = await planOf(layer, 'watched');
  expect(plan.steps.map(({ node }) => node)).toEqual(['x', 's', 'y']);
  expect(plan.watched).toEqual([1, 2]);
});

test('what two nodes read is not fused into either', async () => {
  const plan = await planOf([
    ['MatMul', ['x', 'w'], 'm'],
    ['Relu', ['m'], 'r'],
    ['Add', ['r', 'm'], 'y'],
  ]);
  expect(plan.steps.map(({ node }) => node)).toEqual(['x', 'm', 'y']);
});

test('reshapes have no kernel, and do not keep others from being fused', async () => {
  const plan = await planOf(
    [
      ['MatMul', ['x', 'w'], 'm'],
      ['Unsqueeze', ['m', 'axes'], 'u'],
      ['Flatten', ['u'], 'f'],
      ['Tanh', ['f'], 'y'],
    ],
    'unwatched',
    { w: weights, axes: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) } },
  );
  expect(plan.steps.map(({ node }) => node)).toEqual(['x', 'y']);
});

test('operators without kernels are refused by their names, all of them', async () => {
  const refused = planOf(
    [
      ['Sin', ['x'], 'a'],
      ['Erf', ['a'], 'b'],
      ['Relu', ['b'], 'y'],
    ],
    'unwatched',
    {},
  );
  await expect(refused).rejects.toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    details: { where: 'test.onnx', problem: 'operators without gpu.js kernels: Erf, Sin' },
  });
});

test('the quantised example is refused by the names of its operators', async () => {
  const file = new URL('../../../../corpora/digits-cnn-int8.onnx', import.meta.url).pathname;
  const model = await discoverTypes((await loadModel(file)).model, file, inline);
  expect(() => lowerToKernels(model, file, 'unwatched')).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED_MODEL',
      details: expect.objectContaining({
        problem: 'operators without gpu.js kernels: DequantizeLinear, QuantizeLinear',
      }),
    }),
  );
});

test('a use of an operator that has no kernel is refused with its node', async () => {
  const refused = planOf([['Pow', ['x', 'e'], 'y']], 'unwatched', { e: float32([1.7], []) });
  await expect(refused).rejects.toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    details: { problem: expect.stringContaining('node "Pow_0" (Pow): a power other than') },
  });
});
