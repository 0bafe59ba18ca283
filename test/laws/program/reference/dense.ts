// Arrays of numbers with a shape, read and written one index at a time: slow, obvious, and nothing from src/.

export type Dense = { readonly shape: readonly number[]; readonly data: readonly number[] };
export type Index = readonly number[];

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The element of a list that must be there. */
export function nth<T>(list: readonly T[], at: number): T {
  if (at < 0 || at >= list.length) throw new RangeError(`no element ${at} of ${list.length}`);
  return list[at] as T;
}

export function flatIndex(shape: readonly number[], index: Index): number {
  return shape.reduce((flat, size, axis) => flat * size + nth(index, axis), 0);
}

export function indexOf(shape: readonly number[], flat: number): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

/** All indices of a shape, row-major. */
export const indices = (shape: readonly number[]): number[][] =>
  Array.from({ length: count(shape) }, (_, flat) => indexOf(shape, flat));

export const dense = (shape: readonly number[], at: (index: Index) => number): Dense => ({
  shape,
  data: indices(shape).map(at),
});

export const get = (x: Dense, index: Index): number => nth(x.data, flatIndex(x.shape, index));

/** The element at `index` of x broadcast to a larger shape. */
export function getBroadcast(x: Dense, index: Index): number {
  const own = index.slice(index.length - x.shape.length);
  return get(
    x,
    own.map((at, axis) => (nth(x.shape, axis) === 1 ? 0 : at)),
  );
}

export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}
