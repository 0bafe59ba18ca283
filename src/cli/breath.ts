// Work in this thread blocks it: signals and the screen wait for its end, unless it lets the event loop turn now and then.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../base/deadline.js';

/** Between two turns of the event loop, about: soon enough for Ctrl-C, and of no cost. */
const breathMs = 20;

/** Asked as often as one likes: lets the event loop turn where the last turn is long past; undefined where it is not, and nothing has to wait. */
export function createBreath(clock: Clock): () => Promise<void> | undefined {
  let last = clock();
  return () => {
    if (clock() - last < breathMs) return undefined;
    return setImmediate().then(() => {
      last = clock();
    });
  };
}
