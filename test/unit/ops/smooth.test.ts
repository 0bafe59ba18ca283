// Forms of smooth operators at the edge of their rules.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32 } from '../../../src/base/tensor.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { Unbounded } from '../../../src/ops/operator.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import { openBounder } from '../../helpers/bounding.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const runtime = createInlineRuntime();
const typed = (node: NodeShorthand, constants: Parameters<typeof modelOf>[2] = {}) =>
  discoverTypes(modelOf(['batch', 2], [node], constants), 'smooth.onnx', runtime);

async function boundsOf(node: NodeShorthand, lower: number[], upper: number[], constants = {}) {
  const bounder = await openBounder(await typed(node, constants), 'float64', runtime);
  const bounds = await bounder({ lower: float32(lower, [1, 2]), upper: float32(upper, [1, 2]) });
  return { lower: Array.from(bounds.lower), upper: Array.from(bounds.upper) };
}

test('Elu that falls is passed on, without bounds', async () => {
  const model = await typed(['Elu', ['x'], 'y', { alpha: { float: -1 } }]);
  const p = new Program();
  expect(lowerModel(p, model, p.input('x', 'float32', ['batch', 2])).output.primitive).toBe('opaque');
  await expect(openBounder(model, 'float32', runtime)).rejects.toThrow(Unbounded);
});

test.each(['Sin', 'Cos'])('%s of huge arguments is anything from -1 to 1', async (type) => {
  const { lower, upper } = await boundsOf([type, ['x'], 'y'], [1e10, -3e38], [1.001e10, 3e38]);
  for (const bound of lower) expect(bound).toBeCloseTo(-1, 6);
  for (const bound of upper) expect(bound).toBeCloseTo(1, 6);
});

test.each(['Sin', 'Cos'])('%s is bounded by its ends between a trough and a peak', async (type) => {
  const [from, to] = type === 'Sin' ? [-1, 1.5] : [-3, -0.25];
  const f = type === 'Sin' ? Math.sin : Math.cos;
  const { lower, upper } = await boundsOf([type, ['x'], 'y'], [from, from], [to, to]);
  expect(lower[0]).toBeCloseTo(f(from), 5);
  expect(upper[0]).toBeCloseTo(f(to), 5);
});

test('powers that differ from element to element take positive bases', async () => {
  const e = float32([2, -1], [2]);
  const { lower, upper } = await boundsOf(['Pow', ['x', 'e'], 'y'], [2, 2], [4, 4], { e });
  expect([lower[0], upper[0], lower[1], upper[1]]).toEqual(
    [4, 16, 0.25, 0.5].map((value) => expect.closeTo(value, 5)),
  );
  expect((await boundsOf(['Pow', ['x', 'e'], 'y'], [-1, 2], [4, 4], { e })).upper[0]).toBe(Infinity);
});

test('an even power has its bottom at 0, a root no negative numbers', async () => {
  const square = await boundsOf(['Pow', ['x', 'e'], 'y'], [-1, 1], [2, 2], { e: float32([2], []) });
  expect(square.lower[0]).toBeCloseTo(0, 30);
  expect(square.upper[0]).toBeCloseTo(4, 5);
  const root = await boundsOf(['Sqrt', ['x'], 'y'], [-1e-3, 0], [1, 4]);
  expect(root.upper).toEqual([Infinity, expect.closeTo(2, 5)]);
});
