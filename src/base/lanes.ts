// Work on many items by several threads.

/** Items in their order, as many under way at a time as there are lanes; none is begun once it is stopped. */
export async function inLanes<T>(
  lanes: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  isStopped: () => boolean = () => false,
): Promise<void> {
  const pending = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = pending.next(); next.done !== true && !isStopped(); next = pending.next())
      await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** From 0 to `count` in steps of `size`: [from, to) each. */
export function* ranges(count: number, size: number): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < count; from += size) yield [from, Math.min(from + size, count)];
}
