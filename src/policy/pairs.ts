// Properties of two inputs of one model. Both are told by one vector of numbers: all elements of the first, and then what the second
// has instead. Whatever numbers of its box the vector has, the two inputs are a pair of the property: nothing is rounded.
import { float32 } from '../base/tensor.js';
import type { Difference } from '../findings/statement.js';
import type { InputSet } from './input-set.js';

export type PairSpace = {
  /** Elements of one input. */
  readonly size: number;
  readonly differences: readonly Difference[];
};

/** Numbers behind those of the first input. */
export const tailOf = ({ kind }: Difference): 1 | 2 => (kind === 'choice' ? 2 : 1);

export const lengthOf = ({ size, differences }: PairSpace): number =>
  differences.reduce((sum, difference) => sum + tailOf(difference), size);

/** Each difference with the place of its first number. */
export function placed({
  size,
  differences,
}: PairSpace): { readonly difference: Difference; readonly at: number }[] {
  let next = size;
  return differences.map((difference) => {
    const at = next;
    next += tailOf(difference);
    return { difference, at };
  });
}

/** The two inputs of a vector. */
export function apart(space: PairSpace, joined: Float32Array): readonly [Float32Array, Float32Array] {
  const first = joined.slice(0, space.size);
  const second = first.slice();
  for (const { difference, at } of placed(space)) {
    const own = joined[at] ?? Number.NaN;
    if (difference.kind === 'choice') {
      const { elements, values } = difference;
      elements.forEach((element, place) => {
        first[element] = values[choiceOf(own, values.length)]?.[place] ?? Number.NaN;
        second[element] =
          values[choiceOf(joined[at + 1] ?? Number.NaN, values.length)]?.[place] ?? Number.NaN;
      });
    } else if (difference.kind === 'greater') {
      const { element } = difference;
      const other = first[element] ?? Number.NaN;
      [first[element], second[element]] = [Math.min(other, own), Math.max(other, own)];
    } else second[difference.element] = own;
  }
  return [first, second];
}

const choiceOf = (number: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor(number)));

/** A vector of two inputs; what they may not differ in is the first's. */
export function together(space: PairSpace, first: Float32Array, second: Float32Array): Float32Array {
  const joined = new Float32Array(lengthOf(space));
  joined.set(first);
  for (const { difference, at } of placed(space)) {
    if (difference.kind === 'choice') {
      joined[at] = placeOf(difference, first);
      joined[at + 1] = placeOf(difference, second);
    } else joined[at] = second[difference.element] ?? Number.NaN;
  }
  return joined;
}

type Choice = Extract<Difference, { kind: 'choice' }>;

/** The list of values that an input has; the first where it has none. */
const placeOf = ({ elements, values }: Choice, input: Float32Array): number =>
  Math.max(
    0,
    values.findIndex((list) => elements.every((element, at) => list[at] === input[element])),
  );

const elementsOf = (difference: Difference): readonly number[] =>
  difference.kind === 'choice' ? difference.elements : [difference.element];

/** What an element may differ in; missing where it may not. */
export const byElement = (differences: readonly Difference[]): ReadonlyMap<number, Difference> =>
  new Map(
    differences.flatMap((difference) =>
      elementsOf(difference).map((element): [number, Difference] => [element, difference]),
    ),
  );

/** Whether two inputs are a pair of the property, as far as it does not depend on the set. */
export function isPair({ size, differences }: PairSpace, first: Float32Array, second: Float32Array): boolean {
  const differing = byElement(differences);
  const isListed = ({ elements, values }: Choice, input: Float32Array) =>
    values.some((list) => elements.every((element, at) => list[at] === input[element]));
  for (let at = 0; at < size; at++) {
    const difference = differing.get(at);
    const [a = Number.NaN, b = Number.NaN] = [first[at], second[at]];
    if (difference === undefined && a !== b) return false;
    if (difference?.kind === 'greater' && !(b >= a)) return false;
    if (difference?.kind === 'choice' && !(isListed(difference, first) && isListed(difference, second)))
      return false;
  }
  return true;
}

/** The vectors of all pairs of inputs of a set. What a choice overwrites is left as it is. */
export function pairsWithin(set: InputSet, space: PairSpace): InputSet {
  const length = lengthOf(space);
  const joined = ({ data }: InputSet['lower'], choice: (difference: Choice) => readonly [number, number]) => {
    const count = data.length / set.size;
    const result = new Float32Array(count * length);
    for (let row = 0; row < count; row++) {
      const own = data.subarray(row * set.size, (row + 1) * set.size);
      result.set(own, row * length);
      for (const { difference, at } of placed(space))
        result.set(
          difference.kind === 'choice' ? choice(difference) : [own[difference.element] ?? 0],
          row * length + at,
        );
    }
    return float32(result, [count, length]);
  };
  return {
    ...set,
    shape: [length],
    size: length,
    lower: joined(set.lower, () => [0, 0]),
    upper: joined(set.upper, ({ values }) => [values.length, values.length]),
    // Two different ones, where there are.
    seeds: joined(set.seeds, ({ values }) => [0, Math.min(1, values.length - 1)]),
  };
}
