// Sizes of one instance of a batched model are numbers; those of the batch are passed on.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32, int64, toNumbers } from '../../../src/base/tensor.js';
import { instanceOf } from '../../../src/graph/instance.js';
import { boundModel } from '../../../src/ops/bound-model.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { createRounding } from '../../../src/ops/rounding.js';
import { Program } from '../../../src/program/program.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { compute, inline, result } from '../../helpers/programs.js';

/** y [batch, 3] = x + zeros of the shape of x, times the number of elements of x. */
const nodes: readonly NodeShorthand[] = [
  ['Shape', ['x'], 'sizes'],
  ['ConstantOfShape', ['sizes'], 'zeros'],
  ['Add', ['x', 'zeros'], 'sum'],
  ['Size', ['x'], 'count'],
  ['Cast', ['count'], 'number', { to: 1 }],
  ['Div', ['number', 'number'], 'one'],
  ['Mul', ['sum', 'one'], 'y'],
];

const opened = () => discoverTypes(modelOf(['batch', 3], nodes), 'sizes.onnx', inline);

test('of one instance, all is lowered and bounded', async () => {
  const model = instanceOf(await opened());
  const p = new Program();
  const x = p.input('x', 'float32', [1, 3]);
  const { values, output } = lowerModel(p, model, x);
  expect([...values.values()].map(({ primitive }) => primitive)).not.toContain('opaque');
  const { lower, upper } = boundModel(
    p,
    model,
    { lower: x, upper: x },
    createRounding('float32', 'real'),
  ).bounds('y');
  const count = values.get('count');
  if (count === undefined) throw new RangeError('no count');
  const all = await compute(
    p,
    { y: output, lower, upper, count: p.cast(count, 'float32') },
    { x: float32([1, -2, 4], [1, 3]) },
  );
  expect([...result(all, 'y').data]).toEqual([1, -2, 4]);
  expect([...result(all, 'count').data]).toEqual([3]);
  for (let at = 0; at < 3; at++) {
    expect(Number(result(all, 'lower').data[at])).toBeCloseTo([1, -2, 4][at] ?? 0, 4);
    expect(Number(result(all, 'upper').data[at])).toBeCloseTo([1, -2, 4][at] ?? 0, 4);
  }
});

test('of a batch, one instance is mapped over the rows', async () => {
  const model = await opened();
  const p = new Program();
  const { values } = lowerModel(p, model, p.input('x', 'float32', model.input.shape));
  expect([...values.values()].some(({ primitive }) => primitive === 'opaque')).toBe(false);
  expect(values.get('y')?.shape).toEqual(['batch', 3]);
});

test('of a batch, a range over sizes of one instance is a constant', async () => {
  const positions: readonly NodeShorthand[] = [
    ['Shape', ['x'], 'sizes'],
    ['Gather', ['sizes', 'last'], 'length'],
    ['Range', ['zero', 'length', 'step'], 'range'],
    ['Cast', ['range'], 'positions', { to: 1 }],
    ['Add', ['x', 'positions'], 'y'],
  ];
  const constants = { last: int64([1], []), zero: int64([0], []), step: int64([1], []) };
  const model = await discoverTypes(modelOf(['batch', 3], positions, constants), 'range.onnx', inline);
  expect(toNumbers(model.folded.get('range') ?? int64([]))).toEqual([0, 1, 2]);
  const p = new Program();
  const { values } = lowerModel(p, model, p.input('x', 'float32', model.input.shape));
  expect(values.get('y')?.primitive).toBe('add');
});
