// One application of a primitive to inputs of random shapes, next to what the reference says about it.
import fc from 'fast-check';
import type { Dims } from '../../../../src/program/dims.js';
import type { Program } from '../../../../src/program/program.js';
import type { Value } from '../../../../src/program/value.js';
import type { Dense } from '../reference/dense.js';

/** Which numbers an input takes. Fixed values are for indices and conditions. */
export type Domain =
  | 'any'
  | 'positive'
  | 'nonzero'
  | { readonly dtype: 'bool' | 'int64' | 'int32'; readonly values: readonly number[] };

export type CaseInput = {
  /** As the program declares it; `batch` and other symbols stand for the size in `shape`. */
  readonly dims: Dims;
  readonly shape: readonly number[];
  readonly domain: Domain;
};

export type Case = {
  readonly inputs: readonly CaseInput[];
  readonly build: (p: Program, values: readonly Value[]) => Value;
  readonly expected: (values: readonly Dense[]) => Dense;
  /** Nothing rounds: the result must be equal. */
  readonly exact?: boolean;
};

/** Sizes of axes; 1 often, because it broadcasts. */
export const size = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 }));
export const shape = (minLength: number, maxLength: number) => fc.array(size, { minLength, maxLength });

/** A shape with its leading axis open or not. */
export const opened = (full: readonly number[], open: boolean): Dims =>
  open ? full.map((length, axis) => (axis === 0 ? 'batch' : length)) : full;

export const input = (full: readonly number[], open = false, domain: Domain = 'any'): CaseInput => ({
  dims: opened(full, open),
  shape: full,
  domain,
});

export type Shaped = { readonly full: readonly number[]; readonly open: boolean };
/** A shape of at least one axis whose leading one may be open. */
export const shaped = (minRank = 1, maxRank = 4): fc.Arbitrary<Shaped> =>
  fc.record({ full: shape(minRank, maxRank), open: fc.boolean() });

/** `count` operands that broadcast to one shape: leading axes dropped, others shrunk to 1. */
export const broadcasting = (count: number): fc.Arbitrary<CaseInput[]> =>
  fc.tuple(shape(0, 4), fc.boolean()).chain(([full, open]) => {
    const operand = fc
      .tuple(fc.nat(full.length), fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }))
      .map(([dropped, kept]) => {
        const own = full.map((length, axis) => (kept[axis] ? length : 1)).slice(dropped);
        const isOpen = open && dropped === 0 && (kept[0] ?? false);
        return input(own, isOpen);
      });
    return fc.array(operand, { minLength: count, maxLength: count });
  });

export const axisOf = (rank: number) => fc.nat(rank - 1);
export const permutation = (length: number) =>
  fc.shuffledSubarray([...new Array(length).keys()], { minLength: length, maxLength: length });
