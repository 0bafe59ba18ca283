// The box of coordinates of a box of inputs. Whatever inputs count as lying in the box and as satisfying the ties, their coordinates
// lie in it: bounds of differences are rounded outward by more than constraints at float32 points are.
import { roundDown, roundUp } from '../../base/float32-rounding.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Coordinates, Members, Moved } from './coordinates.js';

type InputBox = Pick<Disjunct, 'lower' | 'upper'>;
type Interval = { readonly low: number; readonly high: number };

export type CoordinateBox = {
  /** [coordinates] each */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** No inputs of the box are tied as they have to be. */
  readonly isEmpty: boolean;
  /** For each moved coordinate: what its inputs may be, as far as the box of coordinates does not say it. */
  readonly ends: readonly { readonly low: number | undefined; readonly high: number | undefined }[];
};

export function coordinateBox(box: InputBox, { count, plain, moved }: Coordinates): CoordinateBox {
  const [lower, upper] = [new Float64Array(count), new Float64Array(count)];
  let isEmpty = false;
  const set = (at: number, interval: Interval | undefined) => {
    isEmpty ||= interval === undefined;
    lower[at] = interval?.low ?? 0;
    upper[at] = interval?.high ?? 0;
  };
  for (const { at, members } of plain) set(at, sharedBy(box, members));
  const ends = moved.map((each) => {
    const base = around({ low: lower[each.base] ?? 0, high: upper[each.base] ?? 0 });
    const own = commonAround(box, each.members);
    const difference = own && between(base, own, each);
    set(each.at, difference);
    return own && difference ? endsOf(base, own, around(difference)) : { low: undefined, high: undefined };
  });
  return { lower, upper, isEmpty, ends };
}

const around = ({ low, high }: Interval): Interval => ({ low: roundDown(low), high: roundUp(high) });
const ordered = (interval: Interval): Interval | undefined =>
  interval.low <= interval.high ? interval : undefined;

const commonOf = (intervals: readonly Interval[]): Interval =>
  intervals.reduce((all, { low, high }) => ({ low: Math.max(all.low, low), high: Math.min(all.high, high) }));

const intervalsOf = ({ lower, upper }: InputBox, members: Members) =>
  members.map((at): Interval => ({ low: lower[at] ?? Number.NaN, high: upper[at] ?? Number.NaN }));

const commonAround = (box: InputBox, members: Members): Interval | undefined =>
  ordered(commonOf(intervalsOf(box, members).map(around)));

/** Bounds without a float32 between them stand for the one that is nearest, which may be common where the bounds are not. */
const sharedBy = (box: InputBox, members: Members): Interval | undefined =>
  ordered(commonOf(intervalsOf(box, members))) ?? commonAround(box, members);

/** own - base, within the limits. */
function between(base: Interval, own: Interval, { most, opposite }: Moved): Interval | undefined {
  const sizes = [base.low, base.high, own.low, own.high, most.value, opposite.value].map(Math.abs);
  // Sums and differences of two doubles lose 2^-53 of what there is; constraints are evaluated so, too.
  const slack = sizes.filter(Number.isFinite).reduce((sum, size) => sum + size, 0) * 2 ** -50;
  return ordered({
    low: Math.max(own.low - base.high, -opposite.value) - slack,
    high: Math.min(own.high - base.low, most.value) + slack,
  });
}

/** Ends of `own` that base + difference may pass, by more than the slack of differences: a row costs more than that is worth. */
function endsOf(base: Interval, own: Interval, difference: Interval) {
  const beyond =
    2 ** -40 *
    [base, own, difference].reduce((sum, { low, high }) => sum + Math.abs(low) + Math.abs(high), 0);
  return {
    low: base.low + difference.low >= own.low - beyond ? undefined : own.low,
    high: base.high + difference.high <= own.high + beyond ? undefined : own.high,
  };
}
