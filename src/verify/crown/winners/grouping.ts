// What is bounded in one window, together.
import { lengthOf, placeOf, type Window } from '../windows/window.js';

export type Group<T> = { readonly window: Window; readonly items: readonly T[] };

/** In the order of the first of each window. */
export function byWindow<T>(items: readonly T[], windowOf: (item: T) => Window): Group<T>[] {
  const groups = new Map<string, { readonly window: Window; readonly items: T[] }>();
  for (const item of items) {
    const window = windowOf(item);
    const key = window.map(({ from, to }) => `${from}-${to}`).join();
    const group = groups.get(key) ?? { window, items: [] };
    group.items.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** @param shape [1, channels, height, width] */
export const sizeOfWindow = (shape: readonly number[], [rows, columns]: Window): number =>
  (shape[1] ?? 1) * lengthOf(rows) * lengthOf(columns);

/** The element of a window that is this one of the whole. */
export function inWindow(element: number, shape: readonly number[], [rows, columns]: Window): number {
  const { channel, row, column } = placeOf(element, shape);
  return (channel * lengthOf(rows) + row - rows.from) * lengthOf(columns) + column - columns.from;
}
