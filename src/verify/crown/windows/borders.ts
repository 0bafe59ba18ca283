// Places near the borders of an image, whose surroundings are cut off: each would need programs of its own. They are bounded together.
import type { Range, Window } from './window.js';

/** How many places from the first, and before the last, along an axis do not have the surroundings of those between. */
export type Borders = { readonly before: number; readonly after: number };

/** Where it takes more, each place is left to itself. */
const widest = 8;

/**
 * @param shape [1, channels, height, width]
 * @param keyOf equal for windows of equal surroundings
 */
export function bordersOf(
  shape: readonly number[],
  keyOf: (window: Window) => string | undefined,
): readonly [Borders, Borders] {
  const middles = [Math.floor((shape[2] ?? 1) / 2), Math.floor((shape[3] ?? 1) / 2)] as const;
  const along = (axis: 0 | 1): Borders => {
    const keyAt = (place: number) => {
      const places = axis === 0 ? ([place, middles[1]] as const) : ([middles[0], place] as const);
      return keyOf([only(places[0]), only(places[1])]);
    };
    const usual = keyAt(middles[axis]);
    const length = shape[axis + 2] ?? 1;
    const depth = (placeAt: (depth: number) => number) => {
      for (let at = 0; at <= widest; at++) if (keyAt(placeAt(at)) === usual) return at;
      return 0;
    };
    return {
      before: depth((at) => Math.min(at, middles[axis])),
      after: depth((at) => Math.max(length - 1 - at, middles[axis])),
    };
  };
  return [along(0), along(1)];
}

const only = (place: number): Range => ({ from: place, to: place + 1 });

/** The places that one is bounded with. */
export function nearBorder(place: number, length: number, { before, after }: Borders): Range {
  if (place < before) return { from: 0, to: before };
  if (place >= length - after) return { from: length - after, to: length };
  return only(place);
}
