// Which hidden elements matter to combinations of outputs, and which values need no rows of their own.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { float32, int64 } from '../../../../src/base/tensor.js';
import { instanceOf } from '../../../../src/graph/instance.js';
import { dependenceOn } from '../../../../src/verify/crown/dependence.js';
import { planOf } from '../../../../src/verify/crown/plan.js';
import { Draw } from '../../../helpers/draw.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

/** Two layers, then curves and products of parts: y0 = sin(c0) cos(c2), y1 = sin(c1) cos(c3), y2 = relu(c0)^2. */
async function network() {
  const draw = new Draw(1);
  const file = modelOf(
    ['batch', 5],
    [
      ['MatMul', ['x', 'w0'], 'a'],
      ['Relu', ['a'], 'b'],
      ['MatMul', ['b', 'w1'], 'c'],
      ['Gather', ['c', 'first'], 'd', { axis: 1 }],
      ['Gather', ['c', 'second'], 'e', { axis: 1 }],
      ['Sin', ['d'], 'f'],
      ['Cos', ['e'], 'g'],
      ['Mul', ['f', 'g'], 'h'],
      ['Gather', ['c', 'one'], 'i', { axis: 1 }],
      ['Relu', ['i'], 'j'],
      ['Mul', ['j', 'j'], 'k'],
      ['Concat', ['h', 'k'], 'y', { axis: 1 }],
    ],
    {
      w0: draw.tensor([5, 6]),
      w1: draw.tensor([6, 4]),
      first: int64([0, 1]),
      second: int64([2, 3]),
      one: int64([0]),
    },
  );
  return instanceOf(await discoverTypes(file, 'small.onnx', inline));
}

test('elements that get coefficients of both signs, or of one, are read; others are not', async () => {
  const model = await network();
  const { targets } = planOf(model, true);
  const readBy = async (...row: number[]) => {
    const found = await dependenceOn(model, targets, float32(row, [1, 3]), inline);
    return Object.fromEntries(targets.map(({ name }, at) => [name, found[at]]));
  };
  const all = (size: number) => Array.from({ length: size }, () => true);
  const first = await readBy(1, 0, 0);
  expect(first).toMatchObject({
    a: all(6),
    d: [true, false],
    e: [true, false],
    f: [true, false],
    g: [true, false],
  });
  expect(first).toMatchObject({ i: [false], j: [false] });
  for (const sign of [1, -1]) {
    const last = await readBy(0, 0, sign);
    expect(last).toMatchObject({ a: all(6), d: [false, false], f: [false, false], i: [true], j: [true] });
  }
  expect(await readBy(0, 1, 1)).toMatchObject({ d: [false, true], g: [false, true], i: [true] });
});

test('functions and parts of what is bounded by rows get no rows of their own', async () => {
  const { targets } = planOf(await network());
  expect(targets.map(({ name }) => name)).toEqual(['d', 'e', 'i']);
});

test('a value whose function is read where only its sign had mattered is bounded wherever it is not exact', async () => {
  const { targets } = planOf(await network());
  expect(targets.find(({ name }) => name === 'i')).toMatchObject({ kinkOnly: false, plain: false });
});
