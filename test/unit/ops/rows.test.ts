// Files without a batch axis, with several inputs or with integers: programs run on many rows, and give what the file gives.
import { describe, expect, test } from 'vitest';
import { int64, tensor } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { boundModel } from '../../../src/ops/bound-model.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { createRounding } from '../../../src/ops/rounding.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { floatsOf } from '../../helpers/bounding.js';
import { Draw } from '../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline } from '../../helpers/programs.js';

const draw = new Draw(7);
const rowCount = 5;

const networks: Readonly<Record<string, Model>> = {
  'a vector': modelOf(
    [4],
    [
      ['Mul', ['x', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Reshape', ['r', 'to'], 'm'],
      ['MatMul', ['m', 'v'], 'y'],
    ],
    { w: draw.tensor([4]), to: int64([2, 2]), v: draw.tensor([2, 3]) },
  ),
  'a matrix whose rows mix': modelOf(
    [3, 4],
    [
      ['MatMul', ['left', 'x'], 'h'],
      ['Reshape', ['h', 'to'], 'f'],
      ['Gemm', ['f', 'w'], 'y'],
    ],
    { left: draw.tensor([2, 3]), to: int64([1, 8]), w: draw.tensor([8, 3]) },
  ),
  'an image with a hard-coded batch': modelOf(
    [1, 2, 5, 5],
    [
      ['Conv', ['x', 'k'], 'c', { pads: [1, 1, 1, 1] }],
      ['MaxPool', ['c'], 'p', { kernel_shape: [2, 2] }],
      ['Reshape', ['p', 'to'], 'f'],
      ['Softmax', ['f'], 's', { axis: 1 }],
      ['Gather', ['s', 'some'], 'y', { axis: 1 }],
    ],
    { k: draw.tensor([3, 2, 3, 3]), to: int64([1, 48]), some: int64([7, 0, 3]) },
  ),
  'two inputs, one of integers': {
    ...modelOf(
      ['N', 1],
      [
        ['Cast', ['count'], 'n', { to: 1 }],
        ['Flatten', ['x'], 'f'],
        ['Concat', ['f', 'n'], 'all', { axis: 1 }],
        ['MatMul', ['all', 'w'], 'y'],
      ] satisfies NodeShorthand[],
      { w: draw.tensor([8, 2]) },
    ),
  },
};

const withInputs = (model: Model): Model =>
  model.graph.nodes.some(({ inputs }) => inputs.includes('count'))
    ? {
        ...model,
        graph: {
          ...model.graph,
          inputs: [
            { name: 'x', dtype: 'float32', shape: ['N', 2, 3] },
            { name: 'count', dtype: 'int64', shape: ['N', 2] },
          ],
        },
      }
    : model;

describe.each(Object.entries(networks))('%s', (_title, file) => {
  const size = (shape: readonly (number | string)[]) =>
    shape.slice(1).reduce<number>((n, d) => n * Number(d), 1);

  test('the program runs on rows and agrees with the file', async () => {
    const { model, run } = await opened(withInputs(file));
    const features = model.input.shape.slice(1).map(Number);
    const x = draw.tensor([rowCount, ...features]);
    const p = new Program();
    const { output } = lowerModel(p, model, p.input('x', 'float32', ['batch', ...features]));
    expect(output.shape[0]).toBe('batch');
    const session = await compile(p, { output }, inline);
    const lowered = floatsOf((await session.run({ x })).output);
    const expected = await run(x);
    expect(lowered.length).toBe(expected.length);
    for (const [at, value] of lowered.entries())
      expect(Math.abs(value - (expected[at] ?? Number.NaN))).toBeLessThanOrEqual(1e-5);
  });

  test('bounds of many boxes contain the outputs of their points', async () => {
    const { model, run } = await opened(withInputs(file));
    const features = model.input.shape.slice(1).map(Number);
    const count = rowCount * size(['batch', ...features]);
    const centers = draw.tensor([rowCount, ...features]).data as Float32Array;
    const side = (step: number) =>
      tensor(
        'float32',
        [rowCount, ...features],
        centers.map((c) => c + step),
      );
    const [lower, upper] = [side(-0.6), side(0.6)];
    const p = new Program();
    const box = (name: string) => p.input(name, 'float32', ['batch', ...features]);
    const rounding = createRounding('float32', 'deployed');
    const bounds = boundModel(p, model, { lower: box('lower'), upper: box('upper') }, rounding).bounds(
      model.output.name,
    );
    const session = await compile(p, { least: bounds.lower, most: bounds.upper }, inline);
    const results = await session.run({ lower, upper });
    const [least, most] = [floatsOf(results.least), floatsOf(results.most)];
    for (let round = 0; round < 20; round++) {
      const data = Float32Array.from({ length: count }, (_, at) => {
        const [low = 0, high = 0] = [lower.data[at], upper.data[at]];
        return Math.min(Math.max(low + (high - low) * draw.uniform(), low), high);
      });
      const y = await run(tensor('float32', [rowCount, ...features], data));
      expect(
        y.every((value, at) => (least[at] ?? Number.NaN) <= value && value <= (most[at] ?? Number.NaN)),
      ).toBe(true);
    }
    expect(least.every(Number.isFinite)).toBe(true);
  });
});
