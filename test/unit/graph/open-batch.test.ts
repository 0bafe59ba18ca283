import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32, int64, type Tensor, toNumbers } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { openBatch } from '../../../src/graph/passes/open-batch.js';
import { encodeModel } from '../../../src/program/emit.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { inline, result } from '../../helpers/programs.js';

const rows = (from: number, count: number): Tensor =>
  float32(
    Float32Array.from({ length: count * 8 }, (_, at) => Math.sin((from * 8 + at) ** 2)),
    [count, 2, 4],
  );
const w = float32(
  Float32Array.from({ length: 24 }, (_, at) => Math.cos(at * at)),
  [8, 3],
);

const shapes = async (model: Model): Promise<(name: string) => readonly number[] | undefined> => {
  const { types } = await discoverTypes(model, 'model.onnx', inline);
  return (name) => types.get(name)?.shape.map((dim) => (typeof dim === 'number' ? dim : 1));
};

const run = async (model: Model, x: Tensor): Promise<number[]> =>
  toNumbers(result(await (await inline.open(encodeModel(model), 'disabled')).run({ x }), 'y'));

type Case = { readonly title: string; readonly nodes: readonly NodeShorthand[] };
const cases: readonly Case[] = [
  {
    title: '[1, -1]',
    nodes: [
      ['Reshape', ['x', 'flat'], 'a'],
      ['MatMul', ['a', 'w'], 'y'],
    ],
  },
  {
    title: '[1, 8]',
    nodes: [
      ['Reshape', ['x', 'whole'], 'a'],
      ['MatMul', ['a', 'w'], 'y'],
    ],
  },
  {
    title: '[1, -1] from a Constant node, after a change of axes that puts no batch first',
    nodes: [
      ['Constant', [], 'to', { value: { kind: 'tensor', value: int64([1, -1]) } }],
      ['Reshape', ['x', 'parts'], 'p'],
      ['Reshape', ['p', 'to'], 'a'],
      ['MatMul', ['a', 'w'], 'y'],
    ],
  },
];

describe('a model that states one row', () => {
  test.each(cases)('runs on several with $title opened', async ({ nodes }) => {
    const constants = { flat: int64([1, -1]), whole: int64([1, 8]), parts: int64([-1, 4]), w };
    const model = modelOf(['N', 2, 4], nodes, constants);
    expect((await discoverTypes(model, 'model.onnx', inline)).batched).toBe(false);
    const open = openBatch(model, await shapes(model));
    expect((await discoverTypes(open, 'model.onnx', inline)).batched).toBe(true);
    const single = await Promise.all([0, 1, 2].map((at) => run(model, rows(at, 1))));
    expect(await Promise.all([0, 1, 2].map((at) => run(open, rows(at, 1))))).toEqual(single);
    const together = await run(open, rows(0, 3));
    single.flat().forEach((value, at) => {
      expect(together[at]).toBeCloseTo(value, 6);
    });
  });
});

test.each<Case & { readonly constants: Readonly<Record<string, Tensor>> }>([
  {
    title: 'of weights',
    nodes: [
      ['Reshape', ['b', 'to'], 'c'],
      ['Add', ['x', 'c'], 'y'],
    ],
    constants: { b: float32([1, 2, 3, 4]), to: int64([1, 4]) },
  },
  { title: 'to open dimensions', nodes: [['Reshape', ['x', 'to'], 'y']], constants: { to: int64([-1, 8]) } },
  {
    title: 'to other dimensions',
    nodes: [['Reshape', ['x', 'to'], 'y']],
    constants: { to: int64([2, -1]) },
  },
])('a Reshape $title stays', async ({ nodes, constants }) => {
  const model = modelOf(['N', 2, 4], nodes, constants);
  expect(openBatch(model, await shapes(model))).toBe(model);
});
