// Every primitive computes what its plain reference computes, and the shape that it announces.
import { describe, expect, test } from 'vitest';
import type { FloatDType } from '../../../src/base/dtype.js';
import { toNumbers } from '../../../src/base/tensor.js';
import { primitives } from '../../../src/program/primitives/index.js';
import { effort, holds } from '../../helpers/laws.js';
import { compute, result } from '../../helpers/programs.js';
import { cases, lawful, withoutLaw } from './cases/index.js';
import { build, concrete, feedsOf, type Instance, instances, symbolsOf } from './cases/instance.js';

/** Relative to the greatest expected element; sums have at most some dozens of terms. */
const tolerance = { float32: 1e-5, float64: 1e-13 } as const;

function agree(actual: readonly number[], expected: readonly number[], relative: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = 1 + Math.max(...expected.filter(Number.isFinite).map(Math.abs));
  actual.forEach((value, at) => {
    const wanted = expected[at] ?? Number.NaN;
    if (!Number.isFinite(wanted) || relative === 0) expect(value + 0).toBe(wanted + 0);
    else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(relative * scale);
  });
}

async function meetsReference(instance: Instance, dtype: FloatDType): Promise<void> {
  const { p, value } = build(instance, dtype);
  const y = result(await compute(p, { y: value }, feedsOf(instance, dtype)), 'y');
  const expected = instance.law.expected(instance.values);
  expect(y.dtype).toBe(value.dtype);
  expect(y.shape).toEqual(expected.shape);
  expect(y.shape).toEqual(concrete(value.shape, symbolsOf(instance)));
  agree(toNumbers(y), expected.data, instance.law.exact ? 0 : tolerance[dtype]);
}

describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
  test.each(lawful)('%s meets its reference', (name) =>
    holds(instances(cases[name]), (instance) => meetsReference(instance, dtype), effort(40)),
  );
});

test('every primitive has a law or a reason for having none', () => {
  expect([...lawful, ...Object.keys(withoutLaw)].sort()).toEqual(Object.keys(primitives).sort());
});
