// Cases in which one forgotten term of backward bounds shows: rounding of the deployed layer and of the bound program itself,
// underflow, infinite values. Bounds are compared with exact sums. Zero tolerance.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import type { Box } from '../../src/verify/crown/box.js';
import { Draw } from '../helpers/draw.js';
import { units } from '../helpers/exact.js';
import { crownOf } from '../helpers/linear-bounds.js';
import { modelOf, type NodeShorthand } from '../helpers/models.js';
import { opened } from '../helpers/opened.js';
import { dotProducts } from '../helpers/summation.js';

const row = (values: readonly number[]) => float32(values, [1, values.length]);
const point = (values: readonly number[]): Box => ({ lower: row(values), upper: row(values) });

/** bound <= a . y, without any rounding. */
function isBelow(bound: number, a: ArrayLike<number>, y: ArrayLike<number>): boolean {
  if (bound === -Infinity) return true;
  const terms = Array.from(a, (factor, at) => units(factor) * units(y[at] ?? 0));
  return units(bound) * units(1) <= terms.reduce((sum, term) => sum + term, 0n);
}

/** Lower bounds of combinations at single points are below the exact combination of the deployed outputs there. */
async function wrongRows(file: Model, x: readonly number[], factors: readonly (readonly number[])[]) {
  const { model, run } = await opened(file);
  const y = await run(row(x));
  const size = factors[0]?.length ?? 0;
  const sums = await crownOf(model).combinations(point(x), float32(factors.flat(), [factors.length, size]));
  const known = Array.from(sums).filter(Number.isFinite).length;
  return { known, wrong: factors.filter((a, at) => !isBelow(sums[at] ?? Number.NaN, a, y)) };
}

/** Factors of which the second half nearly cancels the first, where both halves have the same values. */
const cancelling = (draw: Draw, rows: number, size: number, scale: number): number[][] =>
  Array.from({ length: rows }, () => {
    const half = Array.from({ length: size / 2 }, () => Math.fround(scale * (1 + draw.uniform())));
    return [...half, ...half.map((value) => Math.fround(-value * (1 + draw.uniform() * 2 ** -20)))];
  });

const twice = (values: readonly number[]): number[] => [...values, ...values];

describe('(2^25 + x) - 2^25', () => {
  // The deployed sum rounds to 2^25 or the next even number; the exact one is x.
  const one = float32([1], [1, 1]);
  const file = modelOf(
    ['batch', 1],
    [
      ['Gemm', ['x', 'one', 'great'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'one', 'less'], 'y'],
    ],
    { one, great: float32([2 ** 25]), less: float32([-(2 ** 25)]) },
  );

  test.each([0.75, 1, 1.5, 3])('at %f the deployed result is inside', async (x) => {
    const { model, run } = await opened(file);
    const [y = Number.NaN] = await run(row([x]));
    const { lower, upper } = await crownOf(model).output(point([x]));
    expect(lower[0]).toBeLessThanOrEqual(y);
    expect(upper[0]).toBeGreaterThanOrEqual(y);
    const sums = await crownOf(model).combinations(point([x]), float32([1, -1], [2, 1]));
    expect(sums[0]).toBeLessThanOrEqual(y);
    expect(-(sums[1] ?? Number.NaN)).toBeGreaterThanOrEqual(y);
  });
});

describe('sums of the bound program itself round', () => {
  const size = 64;

  test.each([1, 2 ** 60, 2 ** 100])(
    'coefficients of %f that cancel, of values and constants',
    async (scale) => {
      const draw = new Draw(1);
      const nodes: NodeShorthand[] = [
        ['Relu', ['x'], 'r'],
        ['Concat', ['r', 'c', 'c', 'r'], 'y', { axis: 1 }],
      ];
      const file = modelOf([1, size], nodes, { c: draw.tensor([1, size]) });
      const x = Array.from(draw.tensor([size]).data);
      const factors = cancelling(draw, 64, 4 * size, scale);
      const { known, wrong } = await wrongRows(file, x, factors);
      expect(wrong).toEqual([]);
      expect(known).toBe(64);
    },
  );

  test('huge coefficients of constants that are next to nothing', async () => {
    const draw = new Draw(2);
    const c = twice(Array.from({ length: size }, () => Math.fround((1 + draw.uniform()) * 2 ** -138)));
    const nodes: NodeShorthand[] = [
      ['Relu', ['x'], 'r'],
      ['Concat', ['c', 'r'], 'y', { axis: 1 }],
    ];
    const file = modelOf([1, 1], nodes, { c: float32(c, [1, 2 * size]) });
    const factors = cancelling(draw, 64, 2 * size, 2 ** 126).map((a) => [...a, 0]);
    const { known, wrong } = await wrongRows(file, [0], factors);
    expect(wrong).toEqual([]);
    expect(known).toBe(64);
  });

  test('coefficients that underflow, of values that are next to infinite', async () => {
    // 2^-76 times 2^-75 is nothing, but was to be multiplied by 2^125.
    const nodes: NodeShorthand[] = [
      ['Relu', ['x'], 'r'],
      ['MatMul', ['r', 'w'], 'y'],
    ];
    const file = modelOf([1, 1], nodes, { w: float32([2 ** -75], [1, 1]) });
    const { known, wrong } = await wrongRows(file, [2 ** 125], [[-(2 ** -76)], [2 ** -76]]);
    expect({ known, wrong }).toEqual({ known: 2, wrong: [] });
  });

  test('one value that many nodes read: coefficients are summed', async () => {
    // y = (r, r + r, r, ...), joined; the coefficients of r are as many sums.
    const draw = new Draw(3);
    for (const flavour of ['normal', 'subnormal'] as const) {
      const nodes: NodeShorthand[] = [
        ['Relu', ['x'], 'r'],
        ['Concat', new Array<string>(size).fill('r'), 'y', { axis: 1 }],
      ];
      const x = [Math.abs(draw.number(flavour)) + 2 ** -130];
      const scale = flavour === 'normal' ? 1 : 2 ** 120;
      const { known, wrong } = await wrongRows(modelOf([1, 1], nodes), x, cancelling(draw, 64, size, scale));
      expect(wrong, flavour).toEqual([]);
      expect(known).toBe(64);
    }
  });

  test('products of many readers of one element', async () => {
    // a W sums over as many outputs as the layer has.
    const draw = new Draw(4);
    const nodes: NodeShorthand[] = [
      ['MatMul', ['x', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['MatMul', ['r', 'v'], 'y'],
    ];
    const constants = {
      w: float32([1, 1], [1, 2]),
      v: float32(new Array<number>(2 * size).fill(1), [2, size]),
    };
    const { wrong } = await wrongRows(modelOf([1, 1], nodes, constants), [1], cancelling(draw, 64, size, 1));
    expect(wrong).toEqual([]);
  });
});

/** Sums of these from left to right stay 1 in every block of 128: each 2^-24 is a tie, rounded to even. */
const lostToTies = (size: number): number[] =>
  Array.from({ length: size }, (_, at) => (at % 128 === 0 ? 1 : 2 ** -24));

describe('sums that lose more than one rounding', () => {
  const length = 4096;
  const ones = (count: number) => new Array<number>(count).fill(1);
  const column = float32(ones(length), [length, 1]);

  test.each([
    ['Relu', 1],
    ['Identity', 1],
    ['Relu', 64],
  ])('a long layer behind %s, times %f, deployed from left to right', async (type, scale) => {
    // 1 + 2^-25 + 2^-25 + ... is 1 in this order.
    const x = [1, ...new Array<number>(length - 1).fill(2 ** -25)];
    const nodes: NodeShorthand[] = [
      [type, ['x'], 'r'],
      ['MatMul', ['r', 'w'], 'h'],
      ['Mul', ['h', 's'], 'y'],
    ];
    const { model } = await opened(modelOf([1, length], nodes, { w: column, s: float32([scale]) }));
    const orders = dotProducts(ones(length), x, 0, new Draw(1).uniform).map((y) => y * scale);
    expect(Math.min(...orders)).toBe(scale);
    expect(Math.max(...orders)).toBeGreaterThan(scale * (1 + 2 ** -14));
    const { lower, upper } = await crownOf(model).output(point(x));
    const [least, most] = await crownOf(model).combinations(point(x), float32([1, -1], [2, 1]));
    for (const y of orders) {
      expect(lower[0]).toBeLessThanOrEqual(y);
      expect(upper[0]).toBeGreaterThanOrEqual(y);
      expect(least).toBeLessThanOrEqual(y);
      expect(-(most ?? Number.NaN)).toBeGreaterThanOrEqual(y);
    }
  });

  test.each([0.75, 1.25, 2.5])('shifts that are merged and cancel, at %f', async (x) => {
    const nodes: NodeShorthand[] = [
      ['Relu', ['x'], 'r'],
      ['Add', ['r', 'great'], 'h'],
      ['Sub', ['h', 'great'], 'y'],
    ];
    const file = modelOf([1, 1], nodes, { great: float32([2 ** 25]) });
    const { known, wrong } = await wrongRows(file, [x], [[1], [-1]]);
    expect({ known, wrong }).toEqual({ known: 2, wrong: [] });
  });

  const spread = { w: float32(ones(length), [1, length]) };
  const up: NodeShorthand = ['MatMul', ['x', 'w'], 'y'];

  test('coefficients of one element that many outputs read', async () => {
    const { known, wrong } = await wrongRows(modelOf([1, 1], [up], spread), [-1], [lostToTies(length)]);
    expect({ known, wrong: wrong.length }).toEqual({ known: 1, wrong: 0 });
  });

  test('dot products of coefficients and a box', async () => {
    const factors = lostToTies(512).map((a) => -a);
    const file = modelOf([1, 512], [['Relu', ['x'], 'y']]);
    const { known, wrong } = await wrongRows(file, ones(512), [factors, lostToTies(512)]);
    expect({ known, wrong: wrong.length }).toEqual({ known: 2, wrong: 0 });
  });

  test('coefficients of a value that many nodes read', async () => {
    // (-1 - 2^-24 - 2^-24 ...) r_0 + r_1: what is left is what adding coefficients lost.
    const copies = 160;
    const nodes: NodeShorthand[] = [
      ['Relu', ['x'], 'r'],
      ['Concat', new Array<string>(copies).fill('r'), 'y', { axis: 1 }],
    ];
    const pairs = Array.from({ length: copies }, (_, at) => (at === 0 ? [-1, 1] : [-(2 ** -24), 0]));
    const backwards = pairs.toReversed();
    const factors = [pairs.flat(), backwards.flat()];
    const { known, wrong } = await wrongRows(modelOf([1, 2], nodes), [1, 1], factors);
    expect({ known, wrong: wrong.length }).toEqual({ known: 2, wrong: 0 });
  });
});

describe('what may be infinite or NaN says nothing', () => {
  const files: Record<string, Model> = {
    'a hidden overflow that a weight of 0 hides': modelOf(
      [1, 2],
      [
        ['Mul', ['x', 'x'], 'h'],
        ['Relu', ['h'], 'r'],
        ['MatMul', ['r', 'w'], 'y'],
      ],
      { w: float32([0, 1], [2, 1]) },
    ),
    'an overflow that Relu hides': modelOf(
      [1, 2],
      [
        ['Mul', ['x', 'x'], 'h'],
        ['Neg', ['h'], 'n'],
        ['Relu', ['n'], 'r'],
        ['Relu', ['r'], 'y'],
      ],
    ),
    'a difference of infinities': modelOf(
      [1, 2],
      [
        ['Mul', ['x', 'x'], 'h'],
        ['Sub', ['h', 'h'], 'y'],
      ],
    ),
  };

  test.each(Object.entries(files))('%s', async (_title, file) => {
    const { model } = await opened(file);
    const { upper } = await crownOf(model).output(point([3e38, 3e38]));
    expect(Array.from(upper)).toEqual(Array.from(upper, () => Infinity));
    const size = upper.length;
    const rows = [0, 1, -1].map((value) => new Array<number>(size).fill(value));
    const sums = await crownOf(model).combinations(point([3e38, 3e38]), float32(rows.flat(), [3, size]));
    expect(Array.from(sums)).toEqual([-Infinity, -Infinity, -Infinity]);
  });
});
