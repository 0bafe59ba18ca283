// Where the neurons of a part may be split next: kinks at 0, others at points of their own.
import type { Space } from './space.js';
import type { Subproblem } from './subproblem.js';

/** Of one part. Places are the first ones of neurons. */
export type Points = {
  /** Whether there is a neuron there that can be split. */
  isOpen(place: number): boolean;
  /** Points worth trying. @param value of the neuron where the bound is least */
  of(place: number, value: number): number[];
  /** The interval of a neuron that is cut anywhere; undefined of others. */
  ends(place: number): readonly [number, number] | undefined;
};

/** Intervals narrower than this share of the root's are not cut any more. */
const narrowest = 2 ** -12;
/** Cuts closer to an end than this share of the interval leave nearly all of it in one child. */
const margin = 1 / 8;

export function pointsIn(
  { isCut, lower, upper }: Pick<Space, 'isCut' | 'lower' | 'upper'>,
  { splits, points }: Pick<Subproblem, 'splits' | 'points'>,
): Points {
  const known = new Map(Array.from(splits, (split, at) => [Math.abs(split), points[at] ?? 0]));
  const ends = (place: number): readonly [number, number] | undefined =>
    isCut[place] === true
      ? [known.get(place) ?? lower[place] ?? 0, known.get(place + 1) ?? upper[place] ?? 0]
      : undefined;
  return {
    ends,
    isOpen: (place) => {
      const interval = ends(place);
      if (interval === undefined) return isCut[place - 1] !== true && !known.has(place);
      const [least, most] = interval;
      const whole = (upper[place] ?? 0) - (lower[place] ?? 0);
      const middle = middleOf(interval);
      return most - least > narrowest * whole && middle > least && middle < most;
    },
    of: (place, value) => {
      const interval = ends(place);
      if (interval === undefined) return [0];
      const [least, most] = interval;
      const isInside = (point: number, room: number) => point > least + room && point < most - room;
      // S-shaped curves bend at 0, and others step there.
      const zero = isInside(0, 0) ? [0] : [];
      const lowest = Math.fround(value);
      const others = isInside(lowest, margin * (most - least)) ? [...zero, lowest] : zero;
      return [...new Set([middleOf(interval), ...others])];
    },
  };
}

const middleOf = ([least, most]: readonly [number, number]): number => Math.fround(0.5 * least + 0.5 * most);
