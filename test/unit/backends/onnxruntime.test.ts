import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import type { Dimension } from '../../../src/graph/graph.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const runtime = createInlineRuntime();
const rows = (count: number) =>
  float32(
    Float32Array.from({ length: count * 2 }, (_, at) => at),
    [count, 2],
  );

async function run(
  shape: readonly Dimension[],
  nodes: readonly NodeShorthand[],
  x: Tensor<'float32'>,
  constants: Record<string, Tensor> = {},
) {
  const file = modelOf(shape, nodes, constants);
  const model = await discoverTypes(file, 'model.onnx', runtime);
  return (await openExecutable(model, encodeModel(file), runtime)).run(x);
}

test.each<{ title: string; shape: readonly Dimension[] }>([
  { title: 'an open batch', shape: ['N', 2] },
  { title: 'a batch fixed at 1', shape: [1, 2] },
  { title: 'a batch fixed at 4', shape: [4, 2] },
])('$title: any number of rows', async ({ shape }) => {
  for (const count of [1, 3, 4, 9]) {
    const y = await run(shape, [['Neg', ['x'], 'y']], rows(count));
    expect(y).toEqual(
      float32(
        rows(count).data.map((value) => -value),
        [count, 2],
      ),
    );
  }
});

test('rows that would mix run one by one', async () => {
  const y = await run(['N', 2], [['Softmax', ['x'], 'y', { axis: 0 }]], rows(3));
  expect(y).toEqual(float32([1, 1, 1, 1, 1, 1], [3, 2]));
});

test('results without a leading axis become one element per row', async () => {
  const y = await run(['N', 2], [['ReduceSum', ['x'], 'y', { keepdims: 0 }]], rows(3));
  expect(y).toEqual(float32([1, 5, 9], [3, 1]));
});

test('no rows give no results', async () => {
  for (const shape of [
    ['N', 2],
    [1, 2],
  ])
    expect((await run(shape, [['Neg', ['x'], 'y']], rows(0))).shape).toEqual([0, 2]);
});

test('results that are not float32 keep their type', async () => {
  const y = await run([1, 2], [['ArgMax', ['x'], 'y', { axis: 1, keepdims: 0 }]], rows(2));
  expect(y).toEqual(int64([1, 1]));
});
