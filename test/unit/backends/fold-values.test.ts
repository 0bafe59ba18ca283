import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32, int64 } from '../../../src/base/tensor.js';
import { modelOf } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';

test('sums of constants, and what reads them, are no constants: deployed, they may be summed in another order', async () => {
  const model = modelOf(
    ['batch', 2],
    [
      ['Add', ['a', 'a'], 'doubled'],
      ['MatMul', ['doubled', 'a'], 'product'],
      ['Relu', ['product'], 'positive'],
      ['Shape', ['positive'], 'shape'],
      ['ReduceProd', ['shape'], 'size', { keepdims: 0 }],
      ['Reshape', ['positive', 'to'], 'square'],
      ['MatMul', ['x', 'square'], 'y'],
    ],
    { a: float32([1, 2, 3, 4], [2, 2]), to: int64([2, 2]) },
  );
  const { folded } = await discoverTypes(model, 'test.onnx', inline);
  expect([...folded.keys()]).toEqual(['doubled', 'shape', 'size']);
});
