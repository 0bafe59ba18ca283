// Properties of two networks: tied inputs are tied in the bounds, and counterexamples are pairs of inputs as the file has them.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { branch } from '../../../../src/verify/branch/choose.js';
import { satisfies } from '../../../../src/verify/decide/constraints.js';
import { Draw } from '../../../helpers/draw.js';
import { between, decidedJointly, jointOf, twoNetworks } from '../../../helpers/joint.js';
import { mlp } from '../../../helpers/mlps.js';
import { modelOf } from '../../../helpers/models.js';

const draw = new Draw(21);
const net = mlp(draw, [2, 8, 8, 2], 'normal').model;
const box = [between('X[0,0]', -1, 1), between('X[0,1]', -1, 1)];
const shared = ['(== X[0,0] Z[0,0])', '(== X[0,1] Z[0,1])'];

/** Increasing: relu(x) + relu(x + 0.5) + 0.1 x. */
const increasing = modelOf(
  ['batch', 1],
  [
    ['Gemm', ['x', 'w', 'b'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'v'], 'y'],
  ],
  {
    w: float32([1, 1, 0.1], [1, 3]),
    b: float32([0, 0.5, 10]),
    v: float32([1, 1, 1], [3, 1]),
  },
);

describe('a network that is equal to itself', () => {
  test('gives equal outputs for equal inputs, strictly', async () => {
    const property = twoNetworks(2, 2, '(equal-to f)', ...box, ...shared, '(!= Y[0,1] W[0,1])');
    const { problem } = await jointOf([net, net], property);
    expect(problem.model.input.shape).toEqual(['batch', 2]);
    expect(problem.model.output.shape).toEqual(['batch', 2]);
    expect(await decidedJointly([net, net], property)).toMatchObject({ verdict: 'proved', method: 'crown' });
  });

  test('two files of equal weights are two networks', async () => {
    const { problem } = await jointOf(
      [net, { ...net }],
      twoNetworks(2, 2, '', ...box, ...shared, '(>= Y[0,1] (+ W[0,1] 0.5))'),
    );
    expect(problem.model.output.shape).toEqual(['batch', 4]);
  });
});

test('near inputs give near outputs, which boxes of their own would not show', async () => {
  const near = [0, 1].flatMap((at) => [
    `(<= (- X[0,${at}] Z[0,${at}]) 0.001)`,
    `(<= (- Z[0,${at}] X[0,${at}]) 0.001)`,
  ]);
  const property = twoNetworks(2, 2, '(equal-to f)', ...box, ...near, '(>= Y[0,0] (+ W[0,0] 0.1))');
  const { problem } = await jointOf([net, net], property);
  const [first] = problem.disjuncts;
  expect((first?.upper[2] ?? 1) - (first?.lower[2] ?? 0)).toBeCloseTo(0.002, 9);
  expect(await decidedJointly([net, net], property, { branch })).toMatchObject({ verdict: 'proved' });
});

describe('monotonicity', () => {
  const property = (gap: number, more: number) =>
    twoNetworks(
      1,
      1,
      '(equal-to f)',
      between('X[0,0]', -1, 1),
      `(>= X[0,0] (+ Z[0,0] ${gap}))`,
      '(>= Z[0,0] -1)',
      `(<= Y[0,0] (+ W[0,0] ${more}))`,
    );

  test('holds', async () => {
    expect(await decidedJointly([increasing, increasing], property(0.25, 0.02), { branch })).toMatchObject({
      verdict: 'proved',
    });
  });

  test('is violated where the demand is too great: both inputs satisfy the file', async () => {
    const { disjuncts } = await jointOf([increasing, increasing], property(0.25, 0.03));
    const outcome = await decidedJointly([increasing, increasing], property(0.25, 0.03), { branch });
    if (outcome.verdict !== 'violated') throw new Error(outcome.verdict);
    const [x = 0, z = 0] = outcome.input;
    expect(outcome.input).toHaveLength(2);
    expect(x - z).toBeGreaterThanOrEqual(0.25);
    expect(z).toBeGreaterThanOrEqual(-1);
    const [disjunct] = disjuncts;
    expect(disjunct && satisfies(disjunct, outcome.input, outcome.output)).toBe(true);
  });
});

test('inputs that cannot be tied as they have to be: proved', async () => {
  const apart = [between('X[0,0]', 0, 1), between('X[0,1]', -1, 1), between('Z[0,0]', 2, 3)];
  const property = twoNetworks(2, 2, '(equal-to f)', ...apart, ...shared, '(<= Y[0,0] W[0,0])');
  expect(await decidedJointly([net, net], property, { branch })).toMatchObject({ verdict: 'proved' });
  const far = twoNetworks(
    2,
    2,
    '(equal-to f)',
    ...box,
    '(== X[0,1] Z[0,1])',
    between('Z[0,0]', -1, 1),
    '(>= X[0,0] (+ Z[0,0] 2.5))',
    '(<= Y[0,0] W[0,0])',
  );
  expect(await decidedJointly([net, net], far, { branch })).toMatchObject({ verdict: 'proved' });
});

test('relations that are no differences are respected: the attack keeps to them', async () => {
  const line = '(>= (+ X[0,0] (* 2.0 Z[0,0])) 2.9)';
  const property = twoNetworks(
    2,
    2,
    '(equal-to f)',
    ...box,
    between('Z[0,0]', -1, 1),
    between('Z[0,1]', -1, 1),
    line,
    '(>= (+ Y[0,0] W[0,0]) -100)',
  );
  const outcome = await decidedJointly([net, net], property, { branch });
  if (outcome.verdict !== 'violated') throw new Error(outcome.verdict);
  const [x = 0, , z = 0] = outcome.input;
  expect(x + 2 * z).toBeGreaterThanOrEqual(2.9);
});
