// Neurons that are cut at points of their own, as inputs of curves and products (Shi et al., GenBaB, arXiv 2405.21063): each has two
// places, one for z >= floor and one for z <= ceiling, with a multiplier and a choice of its relaxation each.

import { greatestMagnitude } from '../../../ops/lines.js';
import type { Choose } from '../../../ops/operator.js';
import type { Rounding } from '../../../ops/rounding.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';
import type { Ledger } from '../../crown/ledger.js';
import type { Neurons } from './neurons.js';

type Bounds = { readonly lower: Value; readonly upper: Value };
/** The part of all elements that belongs to one hidden value. */
type Part = (all: Value) => Value;

/** Of one sub-problem, for every hidden element [N]. */
export type CutState = {
  readonly floors: Value;
  readonly ceilings: Value;
  /** Of second places: those of first places are where those of kinks are. */
  readonly slopes: Value;
  readonly multipliers: Value;
  /** Of derivatives [n, u] by what is at first and at second places, the one that belongs to each place. */
  pick(first: Value, second: Value): Value;
  /** Bounds of one hidden value where the cuts hold. */
  bounds(part: Part, own: Bounds): Bounds;
  /**
   * Coefficients of a hidden value from both constraints, the constants of which go to the ledger.
   * @param terms [N]: minus the sign times the multiplier at first places
   */
  constrain(part: Part, terms: Value, own: Neurons, rounding: Rounding, ledger: Ledger): Value;
};

type Given = {
  readonly size: number;
  /** int64 [N] */
  readonly places: Value;
  /** [u] each */
  readonly points: Value;
  readonly splits: Value;
  readonly slopes: Value;
  readonly multipliers: Value;
};

/** Further inputs: `secondPlaces` int64 [N], 0 where there is none, and `isSecond` [u], 1 or 0. */
export function openCuts(p: Program, { size, places, points, splits, slopes, multipliers }: Given): CutState {
  const seconds = p.input('secondPlaces', 'int64', [size]);
  const isSecond = p.greater(p.input('isSecond', 'float32', ['u']), 0);
  const isCut = p.greater(seconds, p.scalar('int64', 0));
  const second = (value: Value) => p.gather(value, seconds, 0);
  const floors = p.gather(points, places, 0);
  const ceilings = second(points);
  const ofSecond = second(multipliers);
  const above = p.neg(p.mul(p.mul(second(splits), ofSecond), p.cast(isCut, 'float32')));
  return {
    floors,
    ceilings,
    slopes: second(slopes),
    multipliers: ofSecond,
    pick: (one, other) => p.where(isSecond, other, one),
    bounds: (part, { lower, upper }) => {
      const cut = part(isCut);
      return { lower: p.where(cut, part(floors), lower), upper: p.where(cut, part(ceilings), upper) };
    },
    constrain: (part, terms, { shape }, rounding, ledger) => {
      const row = (value: Value) => p.reshape(value, [1, ...shape]);
      const sides = [
        { coefficients: row(part(terms)), end: part(floors) },
        { coefficients: row(part(above)), end: part(ceilings) },
      ];
      for (const { coefficients, end } of sides)
        ledger.add(coefficients, p.abs(coefficients), p.neg(end), undefined);
      const [one, other] = sides.map(({ coefficients }) => coefficients);
      const sum = one && other ? p.add(one, other) : row(part(terms));
      // One rounding of the sum, times what z may be: between the ends, wherever both constraints hold.
      const reach = greatestMagnitude(p, { lower: part(floors), upper: part(ceilings) });
      ledger.add(sum, p.abs(sum), undefined, p.mul(reach, rounding.program(4)));
      return sum;
    },
  };
}

/** Slopes in [0, 1] of a relaxation's first line as the choice of the line below, those of second places as that above. */
export function choosers(
  p: Program,
  hidden: readonly Neurons[],
  below: Value,
  above: Value,
  part: (all: Value, k: number) => Value,
): (reader: string) => Choose | undefined {
  const cut = [...hidden.entries()].filter(([, { cuts }]) => cuts === 'anywhere');
  return (reader) => {
    const own = cut.filter(([, { readers }]) => readers.includes(reader));
    if (own.length === 0) return undefined;
    return (key, initial, unit) => {
      const like = own.find(([, { shape }]) => isSame(shape, initial.shape));
      const side = key.startsWith('below') ? below : key.startsWith('above') ? above : undefined;
      if (like === undefined || side === undefined) return initial;
      // From -1 to 1 units around the relaxation's own.
      const move = p.sub(p.mul(part(side, like[0]), 2), 1);
      return p.add(initial, p.mul(move, unit));
    };
  };
}

const isSame = (shape: readonly number[], other: Value['shape']): boolean =>
  shape.length === other.length && shape.every((size, axis) => size === other[axis]);
