// Coordinates of several networks' inputs: inputs that are equal share one; an input that stays near another is the other's, and a
// difference. What bounds say of a box of coordinates they say of the inputs as they are tied.
import type { Source } from '../../graph/joint-product.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import { type Difference, tiesOf } from './ties.js';

export type Coordinates = {
  readonly count: number;
  /** By input. */
  readonly sources: readonly Source[];
  /** Coordinates that are inputs. */
  readonly plain: readonly Plain[];
  /** Coordinates that are differences. */
  readonly moved: readonly Moved[];
};

/** Equal inputs; the first of them represents all. */
export type Members = readonly [number, ...number[]];

export type Plain = { readonly at: number; readonly members: Members };

export type Moved = Pick<Difference, 'most' | 'opposite' | 'constraints'> & {
  readonly at: number;
  /** The coordinate to which the difference is added. */
  readonly base: number;
  readonly members: Members;
};

export function coordinatesOf(disjuncts: readonly Disjunct[], inputs: number): Coordinates {
  const { representative, differences } = tiesOf(disjuncts, inputs);
  const differenceOf = new Map(differences.map((difference) => [difference.moved, difference]));
  const classes = membersOf(representative);
  const places = new Map([...classes.keys()].map((input, at) => [input, at]));
  const placeOf = (input: number): number => places.get(input) ?? 0;
  const plain: Plain[] = [];
  const moved: Moved[] = [];
  for (const [input, members] of classes) {
    const at = placeOf(input);
    const difference = differenceOf.get(input);
    if (difference === undefined) plain.push({ at, members });
    else {
      const { base, most, opposite, constraints } = difference;
      moved.push({ at, base: placeOf(base), members, most, opposite, constraints });
    }
  }
  const sources = Array.from(representative, (input): Source => {
    const [at, difference] = [placeOf(input), differenceOf.get(input)];
    return difference === undefined ? { base: at } : { base: placeOf(difference.base), offset: at };
  });
  return { count: classes.size, sources, plain, moved };
}

/** By representative, in the order of the inputs. */
function membersOf(representative: Int32Array): Map<number, Members> {
  const classes = new Map<number, [number, ...number[]]>();
  representative.forEach((input, member) => {
    const members = classes.get(input);
    if (members === undefined) classes.set(input, [member]);
    else members.push(member);
  });
  return classes;
}
