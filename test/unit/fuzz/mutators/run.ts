// Children of chosen parents by chosen numbers.
import { createRng } from '../../../../src/base/rng.js';
import { zeros } from '../../../../src/base/tensor.js';
import { type Domain, type DomainOptions, domainOf } from '../../../../src/fuzz/domain.js';
import type { Limits } from '../../../../src/fuzz/limits.js';
import type { Mutator } from '../../../../src/fuzz/mutators/mutator.js';
import { drawn, gridOf } from '../../../laws/fuzz/grids.js';
import { unitSet } from '../networks.js';

export type Parent = {
  readonly input: ArrayLike<number>;
  readonly partner?: ArrayLike<number>;
  /** Of every element; [-1, 1] unless given. */
  readonly box?: readonly [number, number];
};

/** A domain of the box [least, most]. */
export const domain = (
  shape: readonly number[],
  [least, most]: readonly [number, number] = [-1, 1],
  options: DomainOptions = {},
): Domain => domainOf(unitSet(zeros('float32', [1, ...shape]), true, [least, most]), undefined, options);

/** One child per set of numbers, as the mutator makes them or within limits. */
export async function childrenOf(
  mutator: Mutator,
  given: Domain,
  { input, partner = input, box = [-1, 1] }: Parent,
  numbers: ArrayLike<number>,
  limits?: Limits,
): Promise<number[][]> {
  const fill = (value: number) => new Float32Array(given.size).fill(value);
  const family = {
    inputs: Float32Array.from(input),
    partners: Float32Array.from(partner),
    seeds: Float32Array.from(input),
    lower: fill(box[0]),
    upper: fill(box[1]),
  };
  const run = await gridOf(mutator, given, family, limits === undefined ? {} : { limits });
  const children = [...(await run(family, Float32Array.from(numbers)))];
  return Array.from({ length: children.length / given.size }, (_, row) =>
    children.slice(row * given.size, (row + 1) * given.size),
  );
}

/** Numbers of `count` children. */
export const numbersOf = (mutator: Mutator, count: number, seed = 1): Float32Array =>
  drawn(mutator, count, createRng(seed));

/** A mutator that applies. */
export function applied<T>(mutator: T | undefined): T {
  if (mutator === undefined) throw new Error('the mutator does not apply');
  return mutator;
}

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(Math.floor(share * values.length), values.length - 1)] ??
  Number.NaN;
