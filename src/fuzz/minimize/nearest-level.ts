// The smallest of many levels at which an input still violates, by a search that asks for many levels at once.
import { firstConfirmed, type Search, violating } from './search.js';

/** Levels per call: each call narrows 2^30 levels by as many and one more, so that six are enough for all float32 numbers. */
const levelsPerCall = 31;

/** Float32 numbers from 0 on, in their order, as whole numbers: level + 1 is the next float32. */
export function levelOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

export function atLevel(level: number): number {
  return new Float32Array(Uint32Array.of(level).buffer)[0] ?? 0;
}

/**
 * A level that violates and whose neighbour below, `resolution` levels away at most, does not: the smallest of all where greater
 * levels violate whenever smaller ones do.
 * @param greatest known to violate
 * @param at the input at a level
 */
export async function nearestLevel(
  search: Search,
  greatest: number,
  at: (level: number) => Float32Array,
  resolution = 1,
): Promise<number> {
  let [below, best] = [-1, greatest];
  while (best - below > resolution && !search.deadline.expired()) {
    const levels = between(below, best);
    const input = (which: number) => at(levels[which] ?? 0);
    const found = await violating(search, levels.length, input);
    if (search.deadline.expired()) break;
    const first = await firstConfirmed(search, found, input);
    below = levels[(first ?? levels.length) - 1] ?? below;
    best = first === undefined ? best : (levels[first] ?? best);
  }
  return best;
}

/** Levels strictly between two, evenly spread, ascending. */
function between(below: number, best: number): number[] {
  const steps = Math.min(levelsPerCall + 1, best - below);
  return Array.from(
    { length: steps - 1 },
    (_, at) => below + Math.floor(((at + 1) * (best - below)) / steps),
  );
}
