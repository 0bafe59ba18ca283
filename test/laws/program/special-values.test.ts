// What ONNX Runtime's kernels do with values that bound rules must know about: NaN, infinities, -0, huge and tiny.
// The tables are measurements: a new version of ONNX Runtime that changes one must change a bound rule with it.
import { describe, expect, test } from 'vitest';
import { toNumbers } from '../../../src/base/tensor.js';
import { Program } from '../../../src/program/program.js';
import type { Value } from '../../../src/program/value.js';
import { compute, result, tensorFrom } from '../../helpers/programs.js';
import { unaryFunctions } from './reference/elementwise.js';

const dtypes = ['float32', 'float64'] as const;
type Dtype = (typeof dtypes)[number];
const { NaN: nan } = Number;
const inf = Infinity;
const LOWEST = { float32: -((2 - 2 ** -23) * 2 ** 127), float64: -Number.MAX_VALUE } as const;

/** f over rows of numbers: [batch, ...] of equal lengths. */
async function rows(dtype: Dtype, given: readonly (readonly number[])[], f: (p: Program, x: Value) => Value) {
  const p = new Program();
  const width = given[0]?.length ?? 0;
  const y = f(p, p.input('x', dtype, ['batch', width]));
  const results = await compute(p, { y }, { x: tensorFrom(dtype, [given.length, width], given.flat()) });
  return toNumbers(result(results, 'y'));
}

/** One element at a time and all in one row: kernels have a vector part and a rest. */
async function everywhere(dtype: Dtype, values: readonly number[], f: (p: Program, x: Value) => Value) {
  const single = await rows(
    dtype,
    values.map((value) => [value]),
    f,
  );
  const [wide = []] = [await rows(dtype, [[...values, ...values, ...values, ...values]], f)];
  for (let at = 0; at < wide.length; at++) expect(wide[at]).toBe(single[at % values.length]);
  return single;
}

const specials = [nan, inf, -inf, -0, 0, 1e38, -1e38, 2.5, -2.5, 0.5, -0.5, 1e-42];
const booleans = new Set(['isNaN', 'isInf']);
const unary = Object.keys(unaryFunctions).filter((name) => name !== 'not') as (keyof typeof unaryFunctions)[];

describe.each(dtypes)('element-wise functions of one %s', (dtype) => {
  test.each(unary.filter((name) => !booleans.has(name)))('%s passes NaN on', async (name) => {
    expect(await everywhere(dtype, [nan], (p, x) => p[name](x))).toEqual([nan]);
  });

  test.each(unary)('%s of infinities and huge values is what IEEE 754 or its limit says', async (name) => {
    // A subnormal or a zero is at most a subnormal away, and reciprocals of subnormals overflow in float32.
    const values = specials.filter((value) => name !== 'reciprocal' || Math.abs(value) !== 1e-42);
    const read = (p: Program, x: Value) => (booleans.has(name) ? p.cast(p[name](x), dtype) : p[name](x));
    const actual = await rows(dtype, [values], read);
    values.forEach((given, at) => {
      const value = dtype === 'float32' ? Math.fround(given) : given;
      const exact = unaryFunctions[name](value);
      const expected = dtype === 'float32' ? Math.fround(exact) : exact;
      if (Number.isFinite(expected))
        expect(actual[at]).toBeCloseTo(expected / 1, 5 - Math.ceil(Math.log10(1 + Math.abs(expected))));
      else expect(actual[at]).toBe(expected);
    });
  });

  test('neg, abs, relu, sign, floor, ceil, round: the sign of zero', async () => {
    const signs = async (f: (p: Program, x: Value) => Value) => {
      const values = await rows(dtype, [[-0, 0]], f);
      return values.map((value) => (Object.is(value, -0) ? '-0' : String(value)));
    };
    expect(await signs((p, x) => p.neg(x))).toEqual(['0', '-0']);
    expect(await signs((p, x) => p.abs(x))).toEqual(['0', '0']);
    expect(await signs((p, x) => p.relu(x))).toEqual(['-0', '0']);
    for (const name of ['floor', 'ceil', 'round'] as const)
      expect(await signs((p, x) => p[name](x))).toEqual(['-0', '0']);
  });
});

describe.each(dtypes)('NaN in %s', (dtype) => {
  const operands = [nan, inf, -inf, 0, 1, -1];

  test.each(['max', 'min', 'add', 'sub', 'mul', 'div'] as const)(
    '%s passes it on from either side',
    async (name) => {
      for (const other of operands) {
        expect(await everywhere(dtype, [nan], (p, x) => p[name](x, other))).toEqual([nan]);
        expect(await everywhere(dtype, [nan], (p, x) => p[name](other, x))).toEqual([nan]);
      }
      const pairs = operands.flatMap((other) => [
        [nan, other],
        [other, nan],
      ]);
      const between = (p: Program, x: Value) => p[name](p.slice(x, 1, 0, 1), p.slice(x, 1, 1, 2));
      expect(await rows(dtype, pairs, between)).toEqual(pairs.map(() => nan));
    },
  );

  test('clipping by min and max passes it on', async () => {
    expect(await everywhere(dtype, [nan], (p, x) => p.min(p.max(x, -1), 1))).toEqual([nan]);
  });

  test.each(['greater', 'greaterOrEqual', 'less', 'lessOrEqual', 'equal'] as const)(
    '%s is false',
    async (name) => {
      const asNumber = (p: Program, x: Value) => p.cast(p[name](x, x), dtype);
      expect(await rows(dtype, [[nan, 1]], asNumber)).toEqual([0, name.endsWith('qual') ? 1 : 0]);
      expect(await everywhere(dtype, [nan], (p, x) => p.cast(p[name](x, 0), dtype))).toEqual([0]);
    },
  );

  test('where drops the branch that is not chosen', async () => {
    const chosen = (p: Program, x: Value) => p.where(p.greaterOrEqual(x, 0), x, 7);
    expect(await rows(dtype, [[nan, 1, -1]], chosen)).toEqual([7, 1, 7]);
    expect(await rows(dtype, [[nan, 1]], (p, x) => p.where(p.isNaN(x), x, 7))).toEqual([nan, 7]);
  });

  test('sums, means and softmax pass it on', async () => {
    const places = [
      [nan, 1, 2],
      [1, nan, 2],
      [2, 1, nan],
    ];
    for (const name of ['reduceSum', 'reduceMean'] as const)
      expect(await rows(dtype, places, (p, x) => p[name](x, [1]))).toEqual([nan, nan, nan]);
    expect(await rows(dtype, places, (p, x) => p.softmax(x, 1))).toEqual(new Array(9).fill(nan));
  });

  test('a product with a zero matrix passes it on', async () => {
    const zero = tensorFrom(dtype, [2, 1], [0, 0]);
    const product = (p: Program, x: Value) => p.matmul(x, p.constant(zero));
    expect(
      await rows(
        dtype,
        [
          [nan, 1],
          [inf, 1],
        ],
        product,
      ),
    ).toEqual([nan, nan]);
  });
});

// The kernels below can lose NaN. Whoever needs to know of one must test for it before them.
describe('kernels that swallow NaN', () => {
  const places = [
    [nan, 1, 2],
    [1, nan, 2],
    [2, 1, nan],
    [nan, nan, nan],
  ];

  test('reduceMax and reduceMin: kept in first place, lost elsewhere (float64: also kept in second)', async () => {
    const greatest = (p: Program, x: Value) => p.reduceMax(x, [1]);
    const least = (p: Program, x: Value) => p.reduceMin(x, [1]);
    expect(await rows('float32', places, greatest)).toEqual([nan, 2, 2, nan]);
    expect(await rows('float32', places, least)).toEqual([nan, 1, 1, nan]);
    expect(await rows('float64', places, greatest)).toEqual([nan, nan, 2, nan]);
    expect(await rows('float64', places, least)).toEqual([nan, nan, 1, nan]);
  });

  test('argMax: lost, unless first', async () => {
    for (const dtype of dtypes)
      expect(await rows(dtype, places, (p, x) => p.argMax(x, 1))).toEqual([0, 2, 0, 0]);
  });

  test('maxPool: lost in float32, where also nothing is below the lowest finite number', async () => {
    const pooled = (p: Program, x: Value) =>
      p.reshape(
        p.maxPool(p.reshape(x, ['batch', 1, 3]), { kernel: [3], strides: [1], pads: [0, 0], dilations: [1] }),
        ['batch'],
      );
    const given = [...places, [-inf, -inf, -inf], [inf, 1, 2]];
    const { float32: lowest } = LOWEST;
    expect(await rows('float32', given, pooled)).toEqual([2, 2, 2, lowest, lowest, inf]);
    expect(await rows('float64', given, pooled)).toEqual([nan, 2, 2, nan, -inf, inf]);
  });

  test('logSoftmax in float64: partly lost, and finite nonsense in its place', async () => {
    const logs = (p: Program, x: Value) => p.logSoftmax(x, 1);
    expect(await rows('float32', places, logs)).toEqual(new Array(12).fill(nan));
    const last = (await rows('float64', [[2, 1, nan]], logs)).map(Number.isFinite);
    expect(last).toEqual([true, true, false]);
  });
});

describe.each(dtypes)('infinities in %s', (dtype) => {
  test('softmax of infinities is NaN, of -inf beside finite values is exact', async () => {
    expect(await rows(dtype, [[inf, 1]], (p, x) => p.softmax(x, 1))).toEqual([nan, nan]);
    expect(await rows(dtype, [[-inf, 1]], (p, x) => p.softmax(x, 1))).toEqual([0, 1]);
    expect(await rows(dtype, [[-inf, -inf]], (p, x) => p.softmax(x, 1))).toEqual([nan, nan]);
  });

  test('round goes to even, sign of infinities is a unit', async () => {
    expect(await rows(dtype, [[0.5, 1.5, 2.5, -0.5, -1.5]], (p, x) => p.round(x))).toEqual([0, 2, 2, -0, -2]);
    expect(await rows(dtype, [[inf, -inf]], (p, x) => p.sign(x))).toEqual([1, -1]);
  });
});

describe.each(['disabled', 'basic', 'all'] as const)('tiny constants, optimisation %s', (optimization) => {
  test('are not lost from sums and products', async () => {
    const p = new Program();
    const x = p.input('x', 'float64', ['batch']);
    const tiny = 2 ** -1022;
    const outputs = {
      sum: p.add(p.mul(x, tiny), tiny),
      difference: p.sub(p.mul(x, tiny), tiny),
      product: p.sub(p.mul(x, 1 + 2 ** -50), x),
      quotient: p.sub(p.div(x, 1 + 2 ** -50), x),
      ofConstants: p.add(p.scalar('float64', tiny), p.mul(p.scalar('float64', tiny), 2)),
    };
    const results = await compute(p, outputs, { x: tensorFrom('float64', [1], [1]) }, { optimization });
    const values = Object.keys(outputs).map((name) => toNumbers(result(results, name))[0] ?? nan);
    expect(values).toEqual([2 * tiny, 0, 2 ** -50, -(2 ** -50), 3 * tiny]);
  });

  test('subnormals are neither flushed nor taken for zero', async () => {
    for (const [dtype, least] of [
      ['float32', 2 ** -149],
      ['float64', 2 ** -1074],
    ] as const) {
      const p = new Program();
      const x = p.input('x', dtype, ['batch']);
      const results = await compute(
        p,
        { y: p.add(p.mul(x, 0.5), p.relu(x)) },
        { x: tensorFrom(dtype, [1], [4 * least]) },
        { optimization },
      );
      expect(toNumbers(result(results, 'y'))).toEqual([6 * least]);
    }
  });
});
