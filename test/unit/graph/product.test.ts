// Several models as one: the same outputs as each by itself, whatever shapes they have.
import { describe, expect, test } from 'vitest';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { productOf } from '../../../src/graph/product.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { Draw } from '../../helpers/draw.js';
import { imageModel } from '../../helpers/image-model.js';
import { mlp } from '../../helpers/mlps.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

async function outputsOf(model: Parameters<typeof lowerModel>[1], x: Tensor<'float32'>) {
  const p = new Program();
  const leading = x.shape[0] === 1 ? 1 : 'batch';
  const input = p.input('x', 'float32', [leading, ...x.shape.slice(1)]);
  const session = await compile(p, { y: lowerModel(p, model, input).output }, inline);
  return (await session.run({ x })).y;
}

/** Rows of both outputs beside each other. */
const beside = (a: ArrayLike<number>, b: ArrayLike<number>, rows: number): number[] =>
  Array.from({ length: rows }, (_, row) =>
    [a, b].flatMap((side) =>
      Array.from(side).slice((row * side.length) / rows, ((row + 1) * side.length) / rows),
    ),
  ).flat();

/** Fixed at one row. */
const single = (draw: Draw): Model =>
  modelOf(
    [1, 4],
    [
      ['MatMul', ['x', 'w'], 'h'],
      ['Reshape', ['h', 's'], 'y'],
    ],
    { w: draw.tensor([4, 3]), s: { dtype: 'int64', shape: [1], data: BigInt64Array.of(3n) } },
  );

describe.each([1, 3])('%i rows', (rows) => {
  const draw = new Draw(rows);
  test.each<[string, Model, Model]>([
    ['perceptrons', mlp(draw, [4, 5, 3], 'normal').model, mlp(draw, [4, 6, 6, 2], 'normal').model],
    ['a model with itself', imageModel(draw), imageModel(draw)],
    ['shapes that differ', mlp(draw, [4, 5, 3], 'normal').model, imageModel(draw)],
    ['a batch and none', mlp(draw, [4, 5, 3], 'normal').model, single(draw)],
  ])('%s that share their data', async (_, a, b) => {
    const [left, right] = [await opened(a), await opened(b)];
    const product = productOf([left.model, right.model], 'here');
    const data = draw.tensor([rows, 4]).data;
    const shaped = (model: typeof left.model) =>
      float32(data, [rows, ...model.input.shape.slice(1).map(Number)]);
    const found = await outputsOf(product, shaped(left.model));
    const wanted = beside(
      Float64Array.from(await left.run(shaped(left.model))),
      Float64Array.from(await right.run(shaped(right.model))),
      rows,
    );
    expect(found?.shape).toEqual([rows, wanted.length / rows]);
    Array.from(found?.data ?? [], Number).forEach((value, at) => {
      expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 5);
    });
  });
});

test('what cannot be joined is said', async () => {
  const draw = new Draw(1);
  const { model } = await opened(mlp(draw, [4, 3], 'normal').model);
  const double = (await opened(modelOf(['batch', 4], [['Cast', ['x'], 'y', { to: 11 }]]))).model;
  expect(() => productOf([model, double], 'here')).toThrow(/differ in type/);
});
