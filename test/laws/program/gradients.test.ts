// Every gradient agrees with central finite differences in float64, away from kinks and ties.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DType, isFloat } from '../../../src/base/dtype.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, float64, toNumbers } from '../../../src/base/tensor.js';
import { grad } from '../../../src/program/grad.js';
import { primitives } from '../../../src/program/primitives/index.js';
import { Program } from '../../../src/program/program.js';
import { NotDifferentiable } from '../../../src/program/program-error.js';
import type { Feeds } from '../../../src/program/session.js';
import { foreignNode } from '../../helpers/foreign.js';
import { effort, holds } from '../../helpers/laws.js';
import { compute, result } from '../../helpers/programs.js';
import { cases, type LawfulName, lawful } from './cases/index.js';
import { build, concrete, feedsOf, type Instance, smoothInstances, symbolsOf } from './cases/instance.js';
import { expression } from './expressions.js';
import { compareGradients } from './finite-differences.js';

/** Results without a derivative: booleans and indices. They never take part in a gradient. */
const notFloat: readonly LawfulName[] = [
  'isNaN',
  'isInf',
  'not',
  'greater',
  'greaterOrEqual',
  'less',
  'lessOrEqual',
  'equal',
  'and',
  'or',
  'argMax',
  'maxPoolIndices',
];
const differentiable = lawful.filter((name) => !notFloat.includes(name));

/** A weight for each element, so that no two derivatives are confused. */
const weights = (shape: readonly number[]) =>
  float64(
    Array.from({ length: sizeOf(shape) }, (_, at) => 1 + ((at * 5) % 7) / 4),
    shape,
  );

async function gradientsAgree(instance: Instance): Promise<void> {
  const { p, inputs, value } = build(instance, 'float64');
  // Padding with infinity makes infinite losses, which have no differences.
  if (!instance.law.expected(instance.values).data.every(Number.isFinite)) return;
  const weighted = p.mul(value, p.input('weights', 'float64', value.shape));
  const loss = p.reduceSum(weighted, [...weighted.shape.keys()]);
  const feeds = {
    ...feedsOf(instance, 'float64'),
    weights: weights(concrete(value.shape, symbolsOf(instance))),
  };
  await compareGradients(
    p,
    loss,
    inputs.filter(({ dtype }) => dtype === 'float64'),
    feeds,
  );
}

describe('float64', () => {
  // Finite differences cannot see through a cast to float32, which rounds, nor what is detached: their own laws are below.
  test.each(differentiable.filter((name) => name !== 'cast' && name !== 'detach'))(
    'the gradient of %s',
    (name) => holds(smoothInstances(cases[name]), gradientsAgree, effort(24)),
  );

  test('of random expressions with broadcasting', () =>
    holds(expression, ({ p, loss, inputs, feeds }) => compareGradients(p, loss, inputs, feeds), effort(80)));
});

test('the gradient of cast is a cast back, and nothing through integers', () =>
  holds(fc.constantFrom<DType>('float32', 'int64', 'bool'), async (middle) => {
    const p = new Program();
    const x = p.input('x', 'float64', ['batch']);
    const y = p.mul(p.cast(p.cast(x, middle), 'float64'), 3);
    const [dx = x] = grad(p, y, [x]);
    const feeds: Feeds = { x: float64([1.5, -2]) };
    const expected = middle === 'float32' ? [3, 3] : [0, 0];
    expect(toNumbers(result(await compute(p, { dx }, feeds), 'dx'))).toEqual(expected);
  }));

test('a cast of whole numbers keeps the derivative on its way back, and detached values have none', async () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch']);
  // Rounding with the derivative of the identity.
  const whole = p.add(x, p.detach(p.sub(p.round(x), x)));
  const y = p.mul(p.cast(p.castWhole(whole, 'uint8'), 'float32'), 3);
  const [dx = x] = grad(p, y, [x]);
  const computed = await compute(p, { y, dx }, { x: float32([1.25, 2.75, 200]) });
  expect(toNumbers(result(computed, 'y'))).toEqual([3, 9, 600]);
  expect(toNumbers(result(computed, 'dx'))).toEqual([3, 3, 3]);
});

describe('float32', () => {
  // Kernels differ by type (Conv); their gradients must agree with those in float64.
  test.each(differentiable)('the gradient of %s is that in float64', (name) =>
    holds(
      smoothInstances(cases[name]),
      async (instance) => {
        const [single, double] = await Promise.all([
          gradientsIn(instance, 'float32'),
          gradientsIn(instance, 'float64'),
        ]);
        single.forEach((values, at) => {
          const expected = double[at] ?? [];
          const scale = 1 + Math.max(...expected.map(Math.abs));
          values.forEach((value, place) => {
            expect(Math.abs(value - (expected[place] ?? Number.NaN)) / scale).toBeLessThan(1e-4);
          });
        });
      },
      effort(20),
    ),
  );
});

async function gradientsIn(instance: Instance, dtype: 'float32' | 'float64'): Promise<number[][]> {
  const { p, inputs, value } = build(instance, dtype);
  if (!isFloat(value.dtype)) return [];
  const wrt = inputs.filter((given) => given.dtype === dtype);
  const names = grad(p, p.mul(value, value), wrt).map((dx, at) => [`d${at}`, dx] as const);
  const results = await compute(p, Object.fromEntries(names), feedsOf(instance, dtype));
  return names.map(([name]) => toNumbers(result(results, name)));
}

test('a primitive has a gradient unless its result is not a float', () => {
  const without = Object.entries(primitives).filter(([, { gradient }]) => gradient === undefined);
  expect(without.map(([name]) => name).sort()).toEqual([...notFloat, 'opaque'].sort());
});

test('an opaque node on the path stops grad, beside it not', () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch']);
  const [erf = x] = p.opaque(foreignNode('Erf', [x]), [x]);
  expect(() => grad(p, erf, [x])).toThrow(NotDifferentiable);
  expect(() => grad(p, p.mul(erf, x), [x])).toThrow(/Erf/);
  expect(() => grad(p, p.mul(erf, x), [erf])).not.toThrow();
});
