// Checking blocks this thread; signals and the screen wait for it, unless it lets the event loop turn now and then.
import { setImmediate } from 'node:timers/promises';
import type { Clock, Deadline } from '../../base/deadline.js';

const breathMs = 20;

/** Whether the deadline is over, asked as often as one likes. */
export function yielding(deadline: Deadline, clock: Clock): () => boolean | Promise<boolean> {
  let last = clock();
  return () => {
    if (clock() - last < breathMs) return false;
    return setImmediate().then(() => {
      last = clock();
      return deadline.expired();
    });
  };
}
