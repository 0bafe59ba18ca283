// Movement of elements, index by index.
import { type Dense, dense, get, getBroadcast, nth } from './dense.js';

export const transpose = (x: Dense, order: readonly number[]): Dense =>
  dense(
    order.map((axis) => nth(x.shape, axis)),
    (index) =>
      get(
        x,
        x.shape.map((_, axis) => nth(index, order.indexOf(axis))),
      ),
  );

export function concat(values: readonly Dense[], axis: number): Dense {
  const total = values.reduce((sum, { shape }) => sum + nth(shape, axis), 0);
  return dense(
    nth(values, 0).shape.map((size, at) => (at === axis ? total : size)),
    (index) => {
      let place = nth(index, axis);
      const part = values.find(({ shape }) => {
        if (place < nth(shape, axis)) return true;
        place -= nth(shape, axis);
        return false;
      });
      if (part === undefined) throw new RangeError('past the end');
      return get(part, index.with(axis, place));
    },
  );
}

export function slice(x: Dense, axis: number, start: number, end: number, step: number): Dense {
  const places: number[] = [];
  for (let at = start; at < end; at += step) places.push(at);
  return dense(x.shape.with(axis, places.length), (index) =>
    get(x, index.with(axis, nth(places, nth(index, axis)))),
  );
}

export const pad = (x: Dense, before: readonly number[], after: readonly number[], value: number): Dense =>
  dense(
    x.shape.map((size, axis) => size + nth(before, axis) + nth(after, axis)),
    (index) => {
      const place = index.map((at, axis) => at - nth(before, axis));
      return place.every((at, axis) => at >= 0 && at < nth(x.shape, axis)) ? get(x, place) : value;
    },
  );

export const expand = (x: Dense, shape: readonly number[]): Dense =>
  dense(shape, (index) => getBroadcast(x, index));
