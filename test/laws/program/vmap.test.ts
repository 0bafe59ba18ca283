// vmap: every row of a mapped primitive is what the primitive computes for that row alone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/base/shape.js';
import { type Tensor, toNumbers } from '../../../src/base/tensor.js';
import { Program } from '../../../src/program/program.js';
import { rules, vmap } from '../../../src/program/vmap.js';
import { effort, holds } from '../../helpers/laws.js';
import { compute, result, tensorFrom } from '../../helpers/programs.js';
import { cases, lawful } from './cases/index.js';
import { dtypeOf, type Instance, instances } from './cases/instance.js';

const rowCount = 3;

/** Primitives that programs use only behind the mapping, or that no program maps. */
const unmapped: Readonly<Record<string, string>> = {
  maxPoolIndices: 'places in the flattened input of all rows',
};

/** Inputs whose rows may not differ. */
const sharedInputs: Readonly<Record<string, readonly number[]>> = {
  conv: [1],
  convTranspose: [1],
  gather: [0],
};

const rotated = <T>(values: readonly T[], by: number): T[] =>
  values.map((_, at) => values[(at + by) % values.length] as T);

/** Which inputs get the extra axis: at least one. */
const choices = (name: string, instance: Instance): boolean[] => {
  const shared = sharedInputs[name] ?? [];
  return instance.law.inputs.map(({ domain }, at) => typeof domain !== 'object' && !shared.includes(at));
};

async function rowsAgree(name: string, instance: Instance, keep: readonly boolean[]): Promise<void> {
  const possible = choices(name, instance);
  const mapped = possible.map((can, at) => can && (keep[at] === true || possible.indexOf(true) === at));
  const p = new Program();
  const placeholders = instance.law.inputs.map((given, at) =>
    p.input(`x${at}`, dtypeOf(given, 'float32'), given.shape),
  );
  const value = instance.law.build(p, placeholders);
  const wide = placeholders.map((x, at) => p.input(`w${at}`, x.dtype, ['rows', ...x.shape]));
  const pairs = placeholders.flatMap((x, at) => (mapped[at] ? [[x, wide[at] ?? x] as const] : []));
  const y = vmap(p, value, new Map(pairs));
  expect(y.value.shape).toEqual(['rows', ...value.shape]);
  const rowData = (at: number, row: number) => rotated(instance.values[at]?.data ?? [], mapped[at] ? row : 0);
  const feeds: Record<string, Tensor> = {};
  placeholders.forEach((x, at) => {
    const shape = x.shape.map(Number);
    const all = Array.from({ length: rowCount }, (_, row) => rowData(at, row)).flat();
    if (mapped[at]) feeds[`w${at}`] = tensorFrom(x.dtype as 'float32', [rowCount, ...shape], all);
    else feeds[`x${at}`] = tensorFrom(x.dtype as 'float32', shape, rowData(at, 0));
  });
  const together = toNumbers(result(await compute(p, { y: y.value }, feeds), 'y'));
  const size = sizeOf(value.shape.map(Number));
  for (let row = 0; row < rowCount; row++) {
    const own = Object.fromEntries(
      placeholders.map((x, at) => [
        `x${at}`,
        tensorFrom(x.dtype as 'float32', x.shape.map(Number), rowData(at, row)),
      ]),
    );
    const alone = toNumbers(result(await compute(p, { y: value }, own), 'y'));
    const rowsValues = together.slice(row * size, (row + 1) * size);
    rowsValues.forEach((number, at) => {
      const expected = alone[at] ?? Number.NaN;
      if (Number.isFinite(expected))
        expect(Math.abs(number - expected)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(expected)));
      else expect(number).toEqual(expected);
    });
  }
}

test.each(lawful.filter((name) => !(name in unmapped)))('%s row by row', (name) =>
  holds(
    fc.tuple(instances(cases[name]), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })),
    ([instance, keep]) =>
      choices(name, instance).includes(true) ? rowsAgree(name, instance, keep) : Promise.resolve(),
    effort(30),
  ),
);

test('every primitive has a rule or a reason for having none', () => {
  expect([...Object.keys(rules), ...Object.keys(unmapped)].sort()).toEqual([...lawful].sort());
});
