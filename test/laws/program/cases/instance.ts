// A case with numbers: its program, its feeds and what the reference computes.
import fc from 'fast-check';
import type { FloatDType } from '../../../../src/base/dtype.js';
import type { Dims } from '../../../../src/program/dims.js';
import { Program } from '../../../../src/program/program.js';
import type { Feeds } from '../../../../src/program/session.js';
import { tensorFrom } from '../../../helpers/programs.js';
import { count, type Dense, nth } from '../reference/dense.js';
import type { Case, CaseInput, Domain } from './case.js';

export type Instance = { readonly law: Case; readonly values: readonly Dense[] };

/** Values that tie with each other now and then, the same in float32 and float64. */
const anyNumber = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -7, max: 7 }).map((halves) => halves / 2),
  fc.float({ min: -4, max: 4, noNaN: true, noDefaultInfinity: true }),
);

const inDomain = (value: number, domain: Domain): number => {
  if (domain === 'positive') return Math.abs(value) + 0.25;
  if (domain === 'nonzero') return value < 0 ? value - 0.25 : value + 0.25;
  return value;
};

/** Distinct numbers, far from each other and from integers and halves: no kinks and no ties nearby. */
const separated = (length: number): fc.Arbitrary<number[]> =>
  fc
    .shuffledSubarray([...new Array(length).keys()], { minLength: length, maxLength: length })
    .map((ranks) => ranks.map((rank) => ((rank - length / 2) * 3 + 1.1 + (length % 2) * 1.5) / 30 + 0.001));

export const random = (length: number): fc.Arbitrary<number[]> =>
  fc.array(anyNumber, { minLength: length, maxLength: length });

/** A case with values from one generator, drawn together for all inputs. */
export const instances = (
  arbitrary: fc.Arbitrary<Case>,
  numbers: (length: number) => fc.Arbitrary<number[]> = random,
): fc.Arbitrary<Instance> =>
  arbitrary.chain((law) =>
    numbers(law.inputs.reduce((sum, { shape }) => sum + count(shape), 0)).map((drawn) => {
      let next = 0;
      const values = law.inputs.map(({ shape, domain }): Dense => {
        const own = drawn.slice(next, next + count(shape));
        next += own.length;
        const data =
          typeof domain === 'object'
            ? domain.values
            : own.map((value) => Math.fround(inDomain(value, domain)));
        return { shape, data };
      });
      return { law, values };
    }),
  );

export const smoothInstances = (arbitrary: fc.Arbitrary<Case>) => instances(arbitrary, separated);

export const dtypeOf = ({ domain }: CaseInput, dtype: FloatDType) =>
  typeof domain === 'object' ? domain.dtype : dtype;

export function build({ law }: Instance, dtype: FloatDType) {
  const p = new Program();
  const inputs = law.inputs.map((given, at) => p.input(`x${at}`, dtypeOf(given, dtype), given.dims));
  return { p, inputs, value: law.build(p, inputs) };
}

export const feedsOf = ({ law, values }: Instance, dtype: FloatDType): Feeds =>
  Object.fromEntries(
    law.inputs.map((given, at) => {
      const { shape, data } = nth(values, at);
      return [`x${at}`, tensorFrom(dtypeOf(given, dtype), shape, data)];
    }),
  );

/** Sizes that the symbols of the inputs stand for. */
export const symbolsOf = ({ law }: Instance): Map<string, number> =>
  new Map(
    law.inputs.flatMap(({ dims, shape }) =>
      dims.flatMap((dim, axis) => (typeof dim === 'string' ? [[dim, nth(shape, axis)] as const] : [])),
    ),
  );

/** A symbolic shape with numbers put in; `batch*4` is a product. */
export const concrete = (dims: Dims, symbols: ReadonlyMap<string, number>): number[] =>
  dims.map((dim) =>
    String(dim)
      .split('*')
      .reduce((product, part) => product * (symbols.get(part) ?? Number(part)), 1),
  );
