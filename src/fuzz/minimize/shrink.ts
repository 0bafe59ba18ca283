// Each element's change as small as it can be, the others left as they are: the greatest changes first.
import { nearer } from './approach.js';
import { atLevel, levelOf, nearestLevel } from './nearest-level.js';
import { changedElements } from './reset.js';
import type { Search } from './search.js';

/** In float32 numbers: changes are found to within 2^-9 of themselves, in three calls. The last bits are worth no more. */
const resolution = 2 ** 14;

export async function shrink(search: Search, input: Float32Array): Promise<Float32Array> {
  const { seed, integer, deadline } = search;
  let current = input;
  for (const at of changedElements(search, input).toReversed()) {
    if (deadline.expired()) break;
    const [before, value] = [seed[at] ?? 0, current[at] ?? 0];
    const changed = (most: number) => {
      const candidate = current.slice();
      candidate[at] = nearer(before, value, most, integer?.[at] === 1);
      return candidate;
    };
    const change = Math.abs(value - before);
    const greatest = levelOf(change) + (Math.fround(change) < change ? 1 : 0);
    const level = await nearestLevel(search, greatest, (most) => changed(atLevel(most)), resolution);
    if (level < greatest) current = changed(atLevel(level));
  }
  return current;
}
