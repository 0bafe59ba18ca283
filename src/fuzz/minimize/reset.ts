// Delta debugging (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28(2), 2002): elements go
// back to the seed's in groups, then in smaller groups, then one by one, until none can go back alone (1-minimal).
import { firstConfirmed, type Search, violating } from './search.js';

export async function reset(search: Search, input: Float32Array): Promise<Float32Array> {
  let current = input;
  let size = Math.ceil(changedElements(search, current).length / 2);
  for (; size > 1 && !search.deadline.expired(); size = Math.floor(size / 2))
    current = await pass(search, current, size);
  for (;;) {
    const next = await pass(search, current, 1);
    if (next === current || search.deadline.expired()) return next;
    current = next;
  }
}

/** Positions of the elements that differ from the seed's, the smallest changes first: these are missed least. */
export function changedElements({ seed }: Search, input: Float32Array): number[] {
  const change = (at: number) => Math.abs((input[at] ?? 0) - (seed[at] ?? 0));
  return Array.from(input.keys())
    .filter((at) => input[at] !== seed[at])
    .sort((a, b) => change(a) - change(b) || a - b);
}

/** Tries every group of so many elements once; the same array where none could go back. */
async function pass(search: Search, input: Float32Array, size: number): Promise<Float32Array> {
  const elements = changedElements(search, input);
  const groups = Array.from({ length: Math.ceil(elements.length / size) }, (_, at) =>
    elements.slice(at * size, (at + 1) * size),
  );
  let current = input;
  // As many as are asked in one call; what goes back counts for those that follow.
  for (let from = 0; from < groups.length && !search.deadline.expired(); from += search.rowsPerCall)
    current = await withoutGroups(search, current, groups.slice(from, from + search.rowsPerCall));
  return current;
}

/** Of the groups that can go back alone, as many of the first ones as can go back together. */
async function withoutGroups(
  search: Search,
  input: Float32Array,
  groups: readonly (readonly number[])[],
): Promise<Float32Array> {
  const alone = await violating(search, groups.length, (at) => without(search, input, groups[at] ?? []));
  const together = (count: number) =>
    without(
      search,
      input,
      alone.slice(0, count).flatMap((at) => groups[at] ?? []),
    );
  const counts = await violating(search, alone.length, (at) => together(at + 1));
  const most = await firstConfirmed(search, counts.toReversed(), (at) => together(at + 1));
  return most === undefined ? input : together(most + 1);
}

function without({ seed }: Search, input: Float32Array, elements: readonly number[]): Float32Array {
  const result = input.slice();
  for (const at of elements) result[at] = seed[at] ?? 0;
  return result;
}
