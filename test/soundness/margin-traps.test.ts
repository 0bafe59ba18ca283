// Margins that look positive and are not: by rounding, overflow, underflow, NaN. None may be proved.
import { describe, expect, test } from 'vitest';
import type { FloatDType } from '../../src/base/dtype.js';
import { float32, int64, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { boundModel } from '../../src/ops/bound-model.js';
import { Unbounded } from '../../src/ops/operator.js';
import { createRounding, type Deployment } from '../../src/ops/rounding.js';
import { marginOf } from '../../src/policy/judge.js';
import { compile } from '../../src/program/compile.js';
import { Program } from '../../src/program/program.js';
import { boundMargins } from '../../src/verify/ibp.js';
import { marginBound } from '../../src/verify/margin.js';
import { floatsOf } from '../helpers/bounding.js';
import { type Dense, mlpModel } from '../helpers/mlps.js';
import { modelOf } from '../helpers/models.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';

const greatest = 3.4028234663852886e38;
const dense = (rows: readonly (readonly number[])[], bias?: readonly number[]): Dense => ({
  weight: float32(rows.flat(), [rows.length, rows[0]?.length ?? 0]),
  bias: bias && float32(bias),
});
const boxOf = (lower: readonly number[], upper: readonly number[]) => ({
  lower: float32(lower, [1, lower.length]),
  upper: float32(upper, [1, upper.length]),
});

async function proofOf(file: Model, lower: readonly number[], upper: readonly number[], label = 0) {
  const { model, run } = await opened(file);
  const box = boxOf(lower, upper);
  const bound = async (arithmetic: Deployment) =>
    (
      await boundMargins(model, box, Int32Array.of(label), arithmetic, inline).catch((reason: unknown) => {
        if (reason instanceof Unbounded) return [-Infinity];
        throw reason;
      })
    )[0];
  const [deployed, real] = [await bound('deployed'), await bound('real')];
  return { model, deployed, real, margin: marginOf(await run(box.lower), label) };
}

/** The margin by a program in another arithmetic than that of a proof. */
async function marginIn(
  dtype: FloatDType,
  arithmetic: Deployment,
  file: Model,
  box: ReturnType<typeof boxOf>,
) {
  const { model } = await opened(file);
  const p = new Program();
  const side = (name: string) => p.cast(p.input(name, 'float32', ['batch', box.lower.shape[1] ?? 1]), dtype);
  const rounding = createRounding(dtype, arithmetic);
  const bounded = boundModel(p, model, { lower: side('lower'), upper: side('upper') }, rounding);
  const y = marginBound(p, rounding, bounded.bounds('y'), p.input('label', 'int64', ['batch']));
  const session = await compile(p, { y }, inline);
  return floatsOf((await session.run({ ...box, label: int64([0]) })).y)[0];
}

describe('(2^25 + x) - 2^25 > 1/4', () => {
  // 2^25 + x rounds to 2^25, so the deployed network says 0 > 1/4 where real arithmetic has x > 1/4.
  const file = mlpModel(
    [
      dense([[1, 0]], [2 ** 25, 0.25]),
      dense(
        [
          [1, 0],
          [0, 1],
        ],
        [-(2 ** 25), 0],
      ),
    ],
    ['batch', 1],
  );
  const box = boxOf([0.75], [1]);

  test('holds in real arithmetic, not when deployed', async () => {
    expect((await proofOf(file, [0.75], [1])).margin).toBe(-0.25);
    expect(await marginIn('float64', 'real', file, box)).toBeCloseTo(0.5, 3);
    expect(await marginIn('float64', 'deployed', file, box)).toBeLessThanOrEqual(-0.25);
  });

  test('is never proved', async () => {
    const { deployed, real } = await proofOf(file, [0.75], [1]);
    expect(deployed).toBeLessThanOrEqual(-0.25);
    expect(real).toBeLessThanOrEqual(0.5);
  });
});

test('a difference of weights that overflows is not forgotten', async () => {
  // W_0 - W_1 is infinite, times z = 0 it is NaN, which a minimum over the classes may drop.
  for (const sign of [1, -1]) {
    const file = mlpModel([dense([[sign * greatest, -sign * greatest, 0]], [0, 1, -1000])], ['batch', 1]);
    const { deployed, real, margin } = await proofOf(file, [0], [0]);
    expect(margin).toBe(-1);
    expect(deployed).toBeLessThanOrEqual(-1);
    expect(real).toBeLessThanOrEqual(-1);
  }
});

test('the plain difference still proves where the merged one overflows', async () => {
  const file = mlpModel([dense([[greatest, -greatest, 0]], [200, 1, -1])], ['batch', 1]);
  const { deployed } = await proofOf(file, [0], [0]);
  expect(deployed).toBeGreaterThan(100);
  expect(deployed).toBeLessThanOrEqual(199);
});

test('huge weights bring back what underflow takes from the box', async () => {
  // Half of the least subnormal is 0, but 3e38 times it is 4e-7.
  const file = mlpModel([dense([[-3e38, 0]], [1e-7, 0])], ['batch', 1]);
  const { deployed, margin } = await proofOf(file, [2 ** -149], [2 ** -149]);
  expect(margin).toBeLessThan(-3e-7);
  expect(deployed).toBeLessThanOrEqual(margin);
});

test.each([Number.NaN, Infinity, -Infinity])('a weight or bias of %s proves nothing', async (bad) => {
  const good = dense(
    [
      [1, 0],
      [0, 1],
    ],
    [3, 0],
  );
  for (const layers of [
    [
      dense(
        [
          [1, bad],
          [0, 1],
        ],
        [3, 0],
      ),
      good,
    ],
    [
      good,
      dense(
        [
          [1, 0],
          [bad, 1],
        ],
        [3, 0],
      ),
    ],
    [
      good,
      dense(
        [
          [1, 0],
          [0, 1],
        ],
        [3, bad],
      ),
    ],
    [
      dense(
        [
          [1, 0],
          [0, 1],
        ],
        [bad, 0],
      ),
      good,
    ],
  ]) {
    for (const label of [0, 1]) {
      const { deployed, real } = await proofOf(mlpModel(layers, ['batch', 2]), [0, 0], [0, 0], label);
      expect([deployed, real]).toEqual([-Infinity, -Infinity]);
    }
  }
});

test.each([
  [
    'in the last layer',
    [
      dense(
        [
          [3e38, 0],
          [3e38, 0],
        ],
        [1, 0],
      ),
    ],
  ],
  [
    'in a hidden layer that Relu hides',
    [
      dense(
        [
          [-3e38, 1],
          [-3e38, 1],
        ],
        [0, 9],
      ),
      dense([
        [0, 1],
        [1, 0],
      ]),
    ],
  ],
  [
    'before it cancels',
    [
      dense([
        [3e38, 1],
        [3e38, 1],
      ]),
      dense(
        [
          [1, 0],
          [-1, 0],
        ],
        [0, -1],
      ),
    ],
  ],
])('overflow %s proves nothing', async (_where, layers) => {
  const { deployed, real } = await proofOf(mlpModel(layers, ['batch', 2]), [1, 1], [2, 2]);
  expect([deployed, real]).toEqual([-Infinity, -Infinity]);
});

test('boxes that are empty or not numbers prove nothing', async () => {
  const file = mlpModel([dense([[1, 0]], [5, 0])], ['batch', 1]);
  for (const [lower, upper] of [
    [1, 0],
    [Number.NaN, 1],
    [0, Number.NaN],
    [-Infinity, Infinity],
  ] as const) {
    expect((await proofOf(file, [lower], [upper])).deployed).toBe(-Infinity);
  }
  expect((await proofOf(file, [0], [1])).deployed).toBeGreaterThan(4.99);
});

describe('shapes', () => {
  const weight = dense(
    [
      [1, -1, 0.5],
      [0, 1, 0.25],
    ],
    [4, 0.5, 0],
  );
  const constants: Record<string, Tensor> = {
    w: weight.weight,
    b: float32([4, 0.5, 0]),
    to: int64([0, 1, 3]),
  };
  const gemm = ['Gemm', ['x', 'w', 'b'], 'h'] as const;
  const fixed = mlpModel([weight], [1, 2]);
  const middle = modelOf(['batch', 2], [gemm, ['Reshape', ['h', 'to'], 'y']], constants);
  const noBatch = modelOf([1, 2], [gemm, ['Reshape', ['h', 'to'], 'y']], { ...constants, to: int64([1, 3]) });

  test.each([
    ['[1, classes], fixed', fixed],
    ['[batch, 1, classes]', middle],
    ['a fixed reshape', noBatch],
  ])('%s', async (_shape, file) => {
    const { model } = await opened(file);
    const boxes = {
      lower: float32([0, 0, 1, 1, 0, 0], [3, 2]),
      upper: float32([0.5, 0.5, 1, 1, 0.5, 0.5], [3, 2]),
    };
    const bounds = await boundMargins(model, boxes, Int32Array.of(0, 0, 1), 'deployed', inline);
    // Exactly: 4 + x0 - (0.5 - x0 + x1) at x = (0, 0.5), and so on; 3 where the comparison is not merged.
    expect(bounds[0]).toBeGreaterThan(2.99);
    expect(bounds[0]).toBeLessThanOrEqual(3);
    expect(bounds[1]).toBeGreaterThan(4.24);
    expect(bounds[1]).toBeLessThanOrEqual(4.25);
    expect(bounds[2]).toBeLessThan(0);
  });
});
