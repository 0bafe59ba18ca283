// The engine against a CROWN of its own kind in plain float64 loops, against interval bounds, and against itself: in parts,
// in several lanes, cut short.
import { describe, expect, test } from 'vitest';
import { float32, rows } from '../../src/base/tensor.js';
import type { Runtime } from '../../src/program/session.js';
import type { Box } from '../../src/verify/crown/box.js';
import { type Boxes, rowOf, samplesOf, violations } from '../helpers/bounding.js';
import { referenceCrown } from '../helpers/crown-reference.js';
import { Draw } from '../helpers/draw.js';
import { bounded, boxAt, crownOf } from '../helpers/linear-bounds.js';
import { type Dense, type Mlp, mlp, mlpModel } from '../helpers/mlps.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';
import { dotProducts } from '../helpers/summation.js';
import { branching, fannedOut, strided } from './crown-networks.js';
import { convolutional, perceptron } from './networks.js';

const boxCount = 4;

const randomMlp = (draw: Draw): Mlp =>
  mlp(draw, [draw.int(1, 6), ...draw.ints(draw.int(1, 3), 2, 20), draw.int(1, 4)], 'normal');

/** Boxes of which a good part of the neurons is undecided. */
const undecided = (draw: Draw, size: number, scale: number): Boxes => {
  const lower = draw.tensor([boxCount, size]);
  const upper = lower.data.map((low) => low + scale * draw.uniform());
  return { lower, upper: float32(upper, lower.shape) };
};

describe.each(['deployed', 'real'] as const)('%s arithmetic', (arithmetic) => {
  test.each([0, 1e-3, 0.3, 3])(
    'bounds of perceptrons are those of plain loops, boxes of width %f',
    async (scale) => {
      for (let seed = 0; seed < 4; seed++) {
        const draw = new Draw(seed);
        const { model: file, layers, widths } = randomMlp(draw);
        const { model } = await opened(file);
        const boxes = undecided(draw, widths[0] ?? 1, scale);
        const bounds = await bounded(model, boxes, 'crown', arithmetic);
        for (let box = 0; box < boxCount; box++) {
          const { lower, upper } = rowOf(
            { lower: bounds.lower.data, upper: bounds.upper.data },
            box,
            boxCount,
          );
          const sides = rowOf({ lower: boxes.lower.data, upper: boxes.upper.data }, box, boxCount);
          const all = referenceCrown(layers, {
            lower: Array.from(sides.lower),
            upper: Array.from(sides.upper),
          });
          const exact = all.at(-1) ?? { lower: [], upper: [] };
          const size =
            1 + Math.max(...all.flatMap((layer) => [...layer.lower, ...layer.upper]).map(Math.abs));
          exact.lower.forEach((least, at) => {
            const [low, high, most] = [
              lower[at] ?? Number.NaN,
              upper[at] ?? Number.NaN,
              exact.upper[at] ?? Number.NaN,
            ];
            const where = `seed ${seed}, box ${box}, output ${at}`;
            // Never tighter, and looser by rounding only.
            expect(low, where).toBeLessThanOrEqual(least + 1e-12 * size);
            expect(high, where).toBeGreaterThanOrEqual(most - 1e-12 * size);
            expect(low, where).toBeGreaterThan(least - 1e-4 * size);
            expect(high, where).toBeLessThan(most + 1e-4 * size);
          });
        }
      }
    },
  );
});

describe('against interval bounds', () => {
  test.each([
    { kind: 'perceptrons', build: perceptron },
    { kind: 'convolutional networks', build: convolutional },
    { kind: 'branching graphs', build: branching },
    { kind: 'fanned-out values', build: fannedOut },
    { kind: 'strides, groups and pooling', build: strided },
  ])('$kind: no element is looser', async ({ build }) => {
    for (let seed = 100; seed < 102; seed++) {
      const draw = new Draw(seed);
      const { model } = await opened(build(draw));
      const boxes = draw.boxes(
        boxCount,
        model.input.shape.slice(1).map(Number),
        draw.pick(['normal', 'wide']),
      );
      const [crown, ibp] = [await bounded(model, boxes, 'crown'), await bounded(model, boxes, 'ibp')];
      ibp.lower.data.forEach((low, at) => {
        expect(crown.lower.data[at], `seed ${seed}`).toBeGreaterThanOrEqual(low);
        expect(crown.upper.data[at], `seed ${seed}`).toBeLessThanOrEqual(ibp.upper.data[at] ?? Number.NaN);
      });
    }
  });

  test('much tighter where values cancel', async () => {
    // Relu(x) - Relu(x) + x on [0, 1] is x.
    const identity = float32([1, -1, 1], [3, 1]);
    const draw = new Draw(1);
    const { model } = await opened(
      mlpModel(
        [
          { weight: float32([1, 1, 1], [1, 3]), bias: undefined },
          { weight: identity, bias: undefined },
        ],
        ['batch', 1],
      ),
    );
    const box = { lower: float32([0.25], [1, 1]), upper: float32([0.25 + draw.uniform()], [1, 1]) };
    const crown = await bounded(model, box, 'crown');
    const ibp = await bounded(model, box, 'ibp');
    const width = ({ lower, upper }: Boxes) => (upper.data[0] ?? 0) - (lower.data[0] ?? 0);
    expect(width(crown)).toBeCloseTo(width(box), 4);
    expect(width(ibp)).toBeCloseTo(3 * width(box), 4);
  });

  test('equal on one affine layer, up to rounding', async () => {
    const draw = new Draw(2);
    const { model: file, widths } = mlp(draw, [5, 4], 'normal');
    const { model } = await opened(file);
    const boxes = undecided(draw, widths[0] ?? 1, 1);
    const [crown, ibp] = [await bounded(model, boxes, 'crown'), await bounded(model, boxes, 'ibp')];
    crown.lower.data.forEach((low, at) => {
      expect(Math.abs(low - (ibp.lower.data[at] ?? Number.NaN))).toBeLessThan(1e-5);
      expect(
        Math.abs((crown.upper.data[at] ?? Number.NaN) - (ibp.upper.data[at] ?? Number.NaN)),
      ).toBeLessThan(1e-5);
    });
  });

  test.each([
    { kind: 'perceptrons', build: perceptron },
    { kind: 'branching graphs', build: branching },
    { kind: 'strides, groups and pooling', build: strided },
  ])('$kind: of a point, bounds are as close as rounding lets them be', async ({ build }) => {
    for (let seed = 200; seed < 202; seed++) {
      const draw = new Draw(seed);
      const { model, run } = await opened(build(draw));
      const { lower } = draw.boxes(boxCount, model.input.shape.slice(1).map(Number), 'normal');
      const bounds = await bounded(model, { lower, upper: lower }, 'crown');
      (await run(lower)).forEach((y, at) => {
        const [low, high] = [bounds.lower.data[at] ?? Number.NaN, bounds.upper.data[at] ?? Number.NaN];
        expect(low, `seed ${seed}`).toBeLessThanOrEqual(y);
        expect(high, `seed ${seed}`).toBeGreaterThanOrEqual(y);
        expect(high - low, `seed ${seed}`).toBeLessThan(1e-3 * (1 + Math.abs(y)));
      });
    }
  });
});

describe('in parts, lanes, and cut short', () => {
  const two: Runtime = { ...inline, workers: 2 };
  const boxFor = (draw: Draw, shape: readonly number[]): Box => boxAt(draw.boxes(1, shape, 'normal'), 0);

  test.each([
    { kind: 'perceptrons', build: perceptron },
    { kind: 'branching graphs', build: branching },
    { kind: 'strides, groups and pooling', build: strided },
  ])('$kind: one row a call, several lanes: the same bounds', async ({ build }) => {
    for (let seed = 300; seed < 302; seed++) {
      const draw = new Draw(seed);
      const { model } = await opened(build(draw));
      const box = boxFor(draw, model.input.shape.slice(1).map(Number));
      const whole = await crownOf(model).output(box);
      const others = [
        await crownOf(model, { memoryBytes: 1 }).output(box),
        await crownOf(model, {}, two).output(box),
        await crownOf(model, { memoryBytes: 1 }, two).output(box),
      ];
      const size = Math.max(1, ...Array.from(whole.upper, Math.abs), ...Array.from(whole.lower, Math.abs));
      expect(size).toBeLessThan(1e30);
      for (const other of others)
        for (const side of ['lower', 'upper'] as const)
          other[side].forEach((value, at) => {
            expect(Math.abs(value - (whole[side][at] ?? Number.NaN)), `seed ${seed}`).toBeLessThan(
              1e-5 * size,
            );
          });
    }
  });

  test('fewer elements are tightened: looser, never looser than intervals', async () => {
    const draw = new Draw(5);
    const { model: file } = mlp(draw, [4, 16, 16, 16, 3], 'normal');
    const { model } = await opened(file);
    const box = boxAt(undecided(draw, 4, 1), 0);
    const ibp = await bounded(model, box, 'ibp');
    const widths: number[] = [];
    let before = { lower: ibp.lower.data, upper: ibp.upper.data };
    for (const elementsPerValue of [0, 1, 4, 16]) {
      const now = await crownOf(model, { elementsPerValue }).output(box);
      now.lower.forEach((low, at) => {
        const noise = 1e-5 * Math.abs(before.lower[at] ?? Number.NaN);
        expect(low).toBeGreaterThanOrEqual((before.lower[at] ?? Number.NaN) - noise);
        expect(now.upper[at]).toBeLessThanOrEqual((before.upper[at] ?? Number.NaN) + noise);
      });
      widths.push((now.upper[0] ?? Number.NaN) - (now.lower[0] ?? Number.NaN));
      before = now;
    }
    // Both ends differ: the option does something.
    expect(widths.at(-1)).toBeLessThan(0.9 * (widths[0] ?? Number.NaN));
  });

  test('a deadline leaves intervals, and combinations unknown', async () => {
    const draw = new Draw(6);
    const { model: file, layers } = mlp(draw, [4, 16, 16, 2], 'normal');
    const { model } = await opened(file);
    const box = boxAt(undecided(draw, 4, 1), 0);
    const ibp = await bounded(model, box, 'ibp');
    const exact = referenceCrown(layers, {
      lower: Array.from(box.lower.data),
      upper: Array.from(box.upper.data),
    });
    const factors = float32([1, 0, 0, 1, -1, 0, 0, -1], [4, 2]);
    for (const calls of [0, 1, 3, 8, 40]) {
      let left = calls;
      const deadline = { expired: () => left-- <= 0, interrupted: () => false };
      const { lower, upper } = await crownOf(model, { deadline, memoryBytes: 1 }).output(box);
      lower.forEach((low, at) => {
        expect(low).toBeGreaterThanOrEqual(ibp.lower.data[at] ?? Number.NaN);
        expect(low).toBeLessThanOrEqual(exact.at(-1)?.lower[at] ?? Number.NaN);
        expect(upper[at]).toBeGreaterThanOrEqual(exact.at(-1)?.upper[at] ?? Number.NaN);
        expect(upper[at]).toBeLessThanOrEqual(ibp.upper.data[at] ?? Number.NaN);
      });
      left = calls;
      const sums = await crownOf(model, { deadline, memoryBytes: 1 }).combinations(box, factors);
      const least = [...(exact.at(-1)?.lower ?? []), ...(exact.at(-1)?.upper ?? []).map((most) => -most)];
      sums.forEach((sum, row) => {
        expect(sum).toBeLessThanOrEqual(least[row] ?? Number.NaN);
      });
      if (calls === 0) expect(Array.from(sums)).toEqual(new Array(4).fill(-Infinity));
    }
  });
});

describe('dot products in other orders', () => {
  test.each(['normal', 'cancelling'] as const)('%s perceptrons stay inside', async (flavour) => {
    let known = 0;
    for (let seed = 0; seed < 4; seed++) {
      const draw = new Draw(seed);
      const { model: file, layers, widths } = mlp(draw, [draw.int(1, 5), 12, 12, 2], flavour);
      const { model } = await opened(file);
      const boxes = draw.boxes(boxCount, [widths[0] ?? 1], draw.pick(['normal', 'degenerate', flavour]));
      const bounds = await bounded(model, boxes, 'crown');
      for (let box = 0; box < boxCount; box++) {
        const own = rowOf({ lower: bounds.lower.data, upper: bounds.upper.data }, box, boxCount);
        known += Array.from(own.upper).every(Number.isFinite) ? 1 : 0;
        const { lower, upper } = boxAt(boxes, box);
        const points = samplesOf(lower.data, upper.data, [widths[0] ?? 1], 12, draw.uniform);
        for (let row = 0; row < 12; row++)
          expect(violations(own, outputInSomeOrder(layers, rows(points, row, row + 1).data, draw))).toEqual(
            [],
          );
      }
    }
    expect(known).toBeGreaterThan(boxCount);
  });
});

/** Every neuron's sum in an order of its own, with or without fused multiply-add. */
function outputInSomeOrder(layers: readonly Dense[], input: ArrayLike<number>, draw: Draw): number[] {
  return layers.reduce<number[]>((z, { weight, bias }, layer) => {
    const [, outputs = 0] = weight.shape;
    return Array.from({ length: outputs }, (_, y) => {
      const column = z.map((_, x) => weight.data[x * outputs + y] ?? 0);
      const value = draw.pick(dotProducts(column, z, bias?.data[y] ?? 0, draw.uniform));
      return layer === layers.length - 1 ? value : Math.max(value, 0);
    });
  }, Array.from(input));
}
