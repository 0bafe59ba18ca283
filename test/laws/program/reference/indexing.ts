// Reading and adding at computed places.
import { type Dense, dense, flatIndex, get, indices, nth } from './dense.js';

const wrapped = (at: number, size: number): number => (at < 0 ? at + size : at);

export const gather = (x: Dense, places: Dense, axis: number): Dense =>
  dense([...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)], (index) => {
    const inner = index.slice(axis, axis + places.shape.length);
    const place = wrapped(get(places, inner), nth(x.shape, axis));
    return get(x, [...index.slice(0, axis), place, ...index.slice(axis + inner.length)]);
  });

export const gatherElements = (x: Dense, places: Dense, axis: number): Dense =>
  dense(places.shape, (index) => get(x, index.with(axis, wrapped(get(places, index), nth(x.shape, axis)))));

const scattered =
  (combine: (old: number, update: number) => number) =>
  (x: Dense, places: Dense, updates: Dense, axis: number): Dense => {
    const data = [...x.data];
    for (const index of indices(places.shape)) {
      const to = flatIndex(x.shape, index.with(axis, wrapped(get(places, index), nth(x.shape, axis))));
      data[to] = combine(nth(data, to), get(updates, index));
    }
    return { shape: x.shape, data };
  };

export const scatterElements = scattered((old, update) => old + update);
export const replaceElements = scattered((_, update) => update);
