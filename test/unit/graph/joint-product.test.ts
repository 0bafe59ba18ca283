// Several models with inputs of their own, as one: each gives what it gives by itself for what the coordinates make of its input.
import { expect, test } from 'vitest';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { jointProductOf, type Source } from '../../../src/graph/joint-product.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { Draw } from '../../helpers/draw.js';
import { imageModel } from '../../helpers/image-model.js';
import { mlp } from '../../helpers/mlps.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

type Typed = Parameters<typeof lowerModel>[1];

async function outputsOf(model: Typed, x: Tensor<'float32'>): Promise<number[]> {
  const p = new Program();
  const input = p.input('x', 'float32', [x.shape[0] === 1 ? 1 : 'batch', ...x.shape.slice(1)]);
  const session = await compile(p, { y: lowerModel(p, model, input).output }, inline);
  return Array.from((await session.run({ x })).y?.data ?? [], Number);
}

const elementOf = ({ base, offset }: Source, row: Float32Array): number =>
  Math.fround((row[base] ?? 0) + (offset === undefined ? 0 : (row[offset] ?? 0)));

/** What the file gives of one row. */
async function alone(file: Model, x: readonly number[]): Promise<number[]> {
  const { model, run } = await opened(file);
  return Array.from(await run(float32(x, [1, ...model.input.shape.slice(1).map(Number)])));
}

/** Fixed at one row. */
const single = (draw: Draw): Model =>
  modelOf([1, 4], [['MatMul', ['x', 'w'], 'y']], { w: draw.tensor([4, 3]) });

/** Of [2] and [1] elements, by names of their own. */
function several(draw: Draw): Model {
  const model = modelOf(
    ['batch', 2],
    [
      ['Concat', ['x', 'second'], 'all', { axis: 1 }],
      ['MatMul', ['all', 'w'], 'y'],
    ],
    { w: draw.tensor([3, 2]) },
  );
  const second = { name: 'second', dtype: 'float32', shape: ['batch', 1] } as const;
  return { ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, second] } };
}

const own = (from: number, size: number): Source[] =>
  Array.from({ length: size }, (_, at) => ({ base: from + at }));

const draw = new Draw(5);
const four = mlp(draw, [4, 5, 3], 'normal').model;
const two = mlp(draw, [2, 6, 2], 'normal').model;

test.each<[string, Model[], Source[], number]>([
  ['inputs of their own', [four, two], [...own(0, 4), ...own(4, 2)], 6],
  ['shared ones, in another shape', [four, imageModel(draw)], [...own(0, 4), ...own(0, 4)], 4],
  ['some shared, in another order', [two, four], [{ base: 1 }, { base: 0 }, ...own(0, 4)], 4],
  ['a difference', [two, two], [...own(0, 2), { base: 0, offset: 2 }, { base: 1, offset: 3 }], 4],
  [
    'shared ones between differences',
    [four, imageModel(draw), two],
    [...own(0, 4), { base: 0, offset: 4 }, { base: 1 }, { base: 2, offset: 5 }, { base: 3 }, ...own(6, 2)],
    8,
  ],
  [
    'several inputs of one file',
    [several(draw), several(draw), two],
    [...own(0, 3), { base: 2 }, { base: 0, offset: 3 }, { base: 1 }, ...own(0, 2)],
    4,
  ],
  ['a batch and none', [four, single(draw)], [...own(0, 4), ...own(0, 3), { base: 3, offset: 4 }], 5],
])('%s', async (_, files, sources, count) => {
  const models = await Promise.all(files.map(async (file) => (await opened(file)).model));
  const [first, ...others] = models as [Typed, ...Typed[]];
  const product = jointProductOf([first, ...others], sources, count, 'here');
  expect(product.input.shape.slice(1)).toEqual([count]);
  for (const rows of [1, 3]) {
    const data = draw.tensor([rows, count]).data;
    const found = await outputsOf(product, float32(data, [rows, count]));
    const wanted: number[] = [];
    for (let row = 0; row < rows; row++) {
      let from = 0;
      for (const [at, file] of files.entries()) {
        const size = (models[at]?.input.shape ?? []).slice(1).reduce<number>((a, dim) => a * Number(dim), 1);
        const part = sources.slice(from, from + size);
        from += size;
        const values = part.map((source) => elementOf(source, data.subarray(row * count, (row + 1) * count)));
        wanted.push(...(await alone(file, values)));
      }
    }
    expect(found).toHaveLength(wanted.length);
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 5);
  }
});

test('an input that is not float32 is refused by name', async () => {
  const { model } = await opened(mlp(draw, [2, 3], 'normal').model);
  const { graph, types } = model;
  const int = {
    ...model,
    types: new Map([...types, ['x', { dtype: 'int64', shape: ['batch', 2] }]]),
  } as Typed;
  expect(graph.inputs[0]?.name).toBe('x');
  expect(() => jointProductOf([model, int], [...own(0, 2), ...own(0, 2)], 2, 'here')).toThrow(/"x" .* int64/);
});
