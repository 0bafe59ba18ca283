// Bounds of images tile by tile: the networks of tiles compute what the whole network does, and their bounds are those of dense rows.
import { describe, expect, test } from 'vitest';
import { float32, int64, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { instanceOf } from '../../src/graph/instance.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { encodeModel } from '../../src/program/emit.js';
import { planOf } from '../../src/verify/crown/plan.js';
import { cropModel } from '../../src/verify/crown/windows/crop.js';
import { tilingOf } from '../../src/verify/crown/windows/tiles.js';
import { cropData, croppedShape, planeOf, type Window } from '../../src/verify/crown/windows/window.js';
import { samplesOf } from '../helpers/bounding.js';
import { Draw } from '../helpers/draw.js';
import { effort } from '../helpers/laws.js';
import { crownOf } from '../helpers/linear-bounds.js';
import { modelOf } from '../helpers/models.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';
import { activation, Builder, normalised } from './networks.js';

const width = 4;

/** A window of odd pads, strides and dilations, as far as the image is large enough. */
function convolution(b: Builder, x: string, from: number): string {
  const { draw } = b;
  const [kernel, group] = [draw.ints(2, 1, 3), draw.pick([1, 2])];
  const w = b.weight([width, from / group, ...kernel], (from / group) * 4);
  const dilations = draw.ints(2, 1, draw.pick([1, 1, 2]));
  // More padding than that, and some outputs read nothing else.
  const pads = [0, 1, 0, 1].map((axis) => draw.int(0, ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1)));
  return b.add('Conv', [x, w, b.weight([width], 1)], {
    strides: draw.ints(2, 1, draw.pick([1, 1, 2])),
    pads,
    dilations,
    group,
  });
}

function pooled(b: Builder, x: string): string {
  const { draw } = b;
  const [type, pads] = [draw.pick(['MaxPool', 'AveragePool']), draw.ints(4, 0, 1)];
  const counts: Record<string, number> = type === 'AveragePool' ? { count_include_pad: draw.int(0, 1) } : {};
  return b.add(type, [x], { kernel_shape: [2, 2], strides: draw.ints(2, 1, 2), pads, ...counts });
}

/** Images of unequal sides through convolutions, residual sums, pools, channels taken apart. */
function imageNetwork(draw: Draw): Model {
  const b = new Builder(draw);
  let x = convolution(b, draw.flag() ? 'x' : b.add('Identity', ['x']), 2);
  for (let layer = draw.int(1, 3); layer > 0; layer--) {
    const before = activation(b, draw.flag() ? normalised(b, x, width) : x);
    const kind = draw.int(0, 3);
    if (kind === 0) x = convolution(b, pooled(b, before), width);
    else if (kind === 1) x = convolution(b, before, width);
    else {
      const w = b.weight([width, width, 3, 3], 9 * width);
      const same = b.add('Conv', [before, w], { pads: [1, 1, 1, 1] });
      x = b.add('Add', [kind === 2 ? same : b.add('Mul', [same, b.weight([width, 1, 1], 1)]), before]);
    }
  }
  return b.finish(b.add('Flatten', [activation(b, x)], { axis: 1 }), [2, draw.int(7, 11), draw.int(7, 11)]);
}

/** The value as the only output. */
const upTo = (model: TypedModel, name: string): Model => ({
  ...model,
  graph: { ...model.graph, outputs: [{ name, dtype: undefined, shape: undefined }] },
});

async function computed(model: Model, feed: string, x: Tensor<'float32'>): Promise<Float32Array> {
  const session = await inline.open(encodeModel(model), 'disabled');
  const [value] = Object.values(await session.run({ [feed]: x }));
  return value?.data as Float32Array;
}

const imagesOf = ({ graph, types }: TypedModel): string[] =>
  graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => types.get(name)?.shape.length === 4);

function windowIn(draw: Draw, shape: readonly number[]): Window {
  const range = (size: number) => {
    const from = draw.int(0, size - 1);
    return { from, to: draw.int(from + 1, Math.min(size, from + 3)) };
  };
  const [height, across] = planeOf(shape);
  return [range(height), range(across)];
}

test('the network of a window computes the window', async () => {
  let windows = 0;
  for (let seed = 0; seed < effort(30); seed++) {
    const draw = new Draw(seed);
    const model = instanceOf((await opened(imageNetwork(draw))).model);
    const x = draw.tensor(model.input.shape.map(Number));
    for (const name of imagesOf(model)) {
      const shape = (model.types.get(name)?.shape ?? []).map(Number);
      const window = windowIn(draw, shape);
      const cropped = cropModel(model, name, window);
      const part = cropped?.windows.get(model.input.name);
      if (cropped === undefined || part === undefined) throw new Error(`${name} cannot be cropped`);
      windows++;
      const own = float32(cropData(x.data, x.shape, part), croppedShape(x.shape, part).map(Number));
      const [whole, found] = [
        await computed(upTo(model, name), 'x', x),
        await computed(cropped.model, 'x', own),
      ];
      const expected = cropData(whole, shape, window);
      expect(found.length, `seed ${seed}, ${name}`).toBe(expected.length);
      found.forEach((value, at) => {
        expect(
          Math.abs(value - (expected[at] ?? Number.NaN)),
          `seed ${seed}, ${name}, element ${at}`,
        ).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
    }
  }
  expect(windows).toBeGreaterThan(50);
});

type Sides = { readonly lower: Float32Array; readonly upper: Float32Array };

/** Where a neuron's bounds are nearly symmetric, rounding decides its lower line: single bounds may differ by more than rounding. */
function expectAlike(one: Sides, other: Sides, where: string): void {
  let far = 0;
  for (const side of ['lower', 'upper'] as const)
    one[side].forEach((bound, element) => {
      const expected = other[side][element] ?? Number.NaN;
      const distance = Math.abs(bound - expected) / (1 + Math.abs(expected));
      if (!(distance < 1e-3)) far++;
      expect(distance, `${where}, ${side} ${element}`).toBeLessThan(0.05);
    });
  expect(far, where).toBeLessThanOrEqual(0.05 * one.lower.length);
}

async function expectInside(
  model: TypedModel,
  name: string,
  points: Tensor<'float32'>,
  { lower, upper }: Sides,
) {
  const [count = 0] = points.shape;
  const size = points.data.length / count;
  for (let point = 0; point < count; point++) {
    const x = float32(points.data.slice(point * size, (point + 1) * size), model.input.shape.map(Number));
    (await computed(upTo(model, name), 'x', x)).forEach((value, element) => {
      expect(value).toBeGreaterThanOrEqual(lower[element] ?? Number.NaN);
      expect(value).toBeLessThanOrEqual(upper[element] ?? Number.NaN);
    });
  }
}

test('outputs that read nothing but padding are not cut out', async () => {
  const b = new Builder(new Draw(1));
  const wide = b.add('Conv', ['x', b.weight([1, 2, 1, 1], 2)], { pads: [3, 3, 3, 3] });
  const model = instanceOf((await opened(b.finish(b.add('Relu', [wide]), [2, 8, 8]))).model);
  const corner = { from: 0, to: 1 };
  expect(cropModel(model, wide, [corner, corner])).toBeUndefined();
  expect(
    cropModel(model, wide, [
      { from: 4, to: 6 },
      { from: 2, to: 4 },
    ]),
  ).toBeDefined();
  expect(tilingOf(model, wide, 'always')).toBeUndefined();
});

/** Networks in which the last two axes are no places, or a value is not what its node's first output says. */
const unusual: Readonly<Record<string, (b: Builder) => Model>> = {
  'channels and length': (b) => {
    const scaled = normalised(b, b.add('Tanh', ['x']), 17);
    return b.finish(b.add('Flatten', [b.add('Relu', [scaled])], { axis: 1 }), [17, 64]);
  },
  'a second output': (b) => {
    b.nodes.push([
      'Split',
      [b.add('Relu', [b.add('Conv', ['x', b.weight([4, 2, 3, 3], 18)])])],
      ['first', 'second'],
      { axis: 1 },
    ]);
    const sum = b.add('Add', [b.add('Conv', ['x', b.weight([2, 2, 3, 3], 18)]), 'second']);
    return b.finish(b.add('Flatten', [b.add('Relu', [sum])], { axis: 1 }), [2, 10, 10]);
  },
  'convolved constants': (b) => {
    const [w, own] = [b.weight([3, 2, 3, 3], 18), b.weight([3, 2, 3, 3], 18)];
    const fixed = b.add('Conv', [b.constant(b.draw.tensor([1, 2, 10, 10])), own]);
    const sum = b.add('Add', [b.add('Conv', [b.add('Relu', ['x']), w]), fixed]);
    return b.finish(b.add('Flatten', [b.add('Relu', [sum])], { axis: 1 }), [2, 10, 10]);
  },
};

test.each(Object.entries(unusual))('%s: bounds are those of dense rows', async (name, build) => {
  for (let seed = 0; seed < 3; seed++) {
    const draw = new Draw(300 + seed);
    const file = (await opened(build(new Builder(draw)))).model;
    const model = instanceOf(file);
    // Dense rows would take the place of tiles that do not fit: they are not even made.
    expect(tilingOf(model, planOf(model).targets.at(-1)?.name ?? '', 'always')).toBeUndefined();
    const lower = draw.tensor(model.input.shape.map(Number));
    const box = {
      lower,
      upper: float32(
        lower.data.map((low) => low + 0.2 * draw.uniform()),
        lower.shape,
      ),
    };
    const [one, other] = await Promise.all(
      (['always', 'never'] as const).map((tiles) => crownOf(file, { tiles }).hidden(box)),
    );
    expect(one?.length).toBeGreaterThan(0);
    one?.forEach((bounds, at) => {
      const dense = other?.[at];
      if (dense !== undefined) expectAlike(bounds, dense, `${name}, seed ${seed}, value ${at}`);
    });
  }
});

test('a file of two images that meet is bounded', async () => {
  const b = new Builder(new Draw(400));
  const layer = (x: string) => b.add('Relu', [b.add('Conv', [x, b.weight([2, 2, 3, 3], 18)])]);
  b.nodes.push(['Reshape', [layer(layer('x')), b.constant(int64([1, -1]))], 'y']);
  const { model } = await opened(modelOf([2, 2, 9, 9], b.nodes, b.constants));
  const least = b.draw.tensor(model.input.shape.map(Number));
  const most = float32(
    least.data.map((low) => low + 0.1),
    least.shape,
  );
  const { lower, upper } = await crownOf(model, { tiles: 'always' }).output({ lower: least, upper: most });
  lower.forEach((low, at) => {
    expect(low).toBeLessThanOrEqual(upper[at] ?? Number.NaN);
  });
});

describe('bounds by tiles', () => {
  const boxOf = (draw: Draw, { input }: TypedModel, scale: number) => {
    const lower = draw.tensor(input.shape.map(Number));
    return {
      lower,
      upper: float32(
        lower.data.map((low) => low + scale * draw.uniform()),
        lower.shape,
      ),
    };
  };

  test('are those of dense rows, and hold for samples without any tolerance', async () => {
    let tiled = 0;
    for (let seed = 0; seed < effort(8); seed++) {
      const draw = new Draw(100 + seed);
      const file = (await opened(imageNetwork(draw))).model;
      const model = instanceOf(file);
      const box = boxOf(draw, model, draw.pick([0.01, 0.3]));
      const { targets } = planOf(model);
      const [byTiles, dense] = await Promise.all(
        (['always', 'never'] as const).map((tiles) => crownOf(file, { tiles }).hidden(box)),
      );
      const points = samplesOf(
        box.lower.data,
        box.upper.data,
        model.input.shape.slice(1).map(Number),
        6,
        draw.uniform,
      );
      for (const [at, { name, plain }] of targets.entries()) {
        if (!plain && tilingOf(model, name, 'always') !== undefined) tiled++;
        const [one, other] = [byTiles?.[at], dense?.[at]];
        if (one === undefined || other === undefined) throw new Error(`no bounds of ${name}`);
        expectAlike(one, other, `seed ${seed}, ${name}`);
        await expectInside(model, name, points, one);
      }
    }
    expect(tiled).toBeGreaterThan(3);
  });

  test('what few outputs do not depend on is not bounded, and changes nothing', async () => {
    for (let seed = 0; seed < effort(6); seed++) {
      const draw = new Draw(200 + seed);
      const { model } = await opened(imageNetwork(draw));
      const outputs = Number(model.output.shape[1]);
      const box = boxOf(draw, instanceOf(model), 0.1);
      const row = Float32Array.from({ length: outputs }, () => 0);
      row[draw.int(0, outputs - 1)] = draw.pick([1, -1]);
      const all = new Float32Array(2 * outputs).fill(1);
      all.set(row);
      const [own] = await crownOf(model).combinations(box, float32(row, [1, outputs]));
      const [amongAll] = await crownOf(model).combinations(box, float32(all, [2, outputs]));
      expect(Math.abs((own ?? Number.NaN) - (amongAll ?? 0))).toBeLessThan(1e-3 * (1 + Math.abs(own ?? 0)));
    }
  });
});
