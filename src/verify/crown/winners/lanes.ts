// Work on many items by several threads: as many under way at a time, none begun after the deadline.
import type { Deadline } from '../../../base/deadline.js';

export async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  deadline: Deadline,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length && !deadline.expired()) {
      const item = items[next++];
      if (item !== undefined) await work(item);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
