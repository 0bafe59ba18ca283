// Which places of an axis a bounded integer index may name, and bounds over all of them.
import { float32 } from '../base/tensor.js';
import { staticDim } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { finite, type Interval } from './interval.js';
import { range } from './movement.js';

/**
 * True where an index [...i] may be a place of an axis of `size`, as a new axis before axis `at` of the index: [..., size, ...].
 * Indices below zero count from the end. Of indices without finite bounds nothing is known: they may be any.
 */
export function mayName(p: Program, index: Interval, at: number, size: number): Value {
  const { shape, dtype } = index.lower;
  const rest = shape.slice(at);
  const apart = (value: Value) => p.reshape(value, [...shape.slice(0, at), 1, ...rest]);
  const [lower, upper] = [apart(index.lower), apart(index.upper)];
  const column = [size, ...rest.map(() => 1)];
  const within = (first: number) => {
    const places = p.cast(
      p.constant(
        float32(
          range(size).map((place) => place + first),
          column,
        ),
      ),
      dtype,
    );
    return p.and(p.lessOrEqual(lower, places), p.greaterOrEqual(upper, places));
  };
  const unknown = p.not(finite(p, { lower, upper }));
  return p.or(p.or(within(0), within(-size)), unknown);
}

/** Bounds over all elements of `x` along `axis` where `possible` holds; both broadcast. The axis is dropped. */
export function hull(p: Program, possible: Value, x: Interval, axis: number): Interval {
  const dropped = (value: Value) => p.reshape(value, value.shape.toSpliced(axis, 1));
  return {
    lower: dropped(p.reduceMin(p.where(possible, x.lower, Infinity), [axis])),
    upper: dropped(p.reduceMax(p.where(possible, x.upper, -Infinity), [axis])),
  };
}

/** Bounds over a whole axis, which stays with size 1. */
export const wholeAxis = (p: Program, x: Interval, axis: number): Interval => ({
  lower: p.reduceMin(x.lower, [axis]),
  upper: p.reduceMax(x.upper, [axis]),
});

/** x with its axes from `axis` on moved behind `count` new axes of size 1. */
export const spread = (p: Program, x: Value, axis: number, count: number): Value =>
  p.reshape(x, [...x.shape.slice(0, axis), ...range(count).map(() => 1), ...x.shape.slice(axis)]);

/** A place counted from the front. */
export const fromFront = (place: number, size: number): number => (place < 0 ? place + size : place);

/** The same of computed indices. */
export const computedFromFront = (p: Program, index: Value, size: number): Value =>
  p.where(p.less(index, 0), p.add(index, size), index);

/** Sizes of some axes, all fixed. */
export const sizesOf = (x: Value, axes: readonly number[]): number[] =>
  axes.map((axis) => staticDim(x.shape, axis));
