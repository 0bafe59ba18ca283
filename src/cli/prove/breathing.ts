// Sessions in this thread block it, and what follows their calls never lets go of it: signals and the screen wait for the end.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/deadline.js';
import type { Runtime } from '../../program/session.js';

/** Between two turns of the event loop, about: soon enough for Ctrl-C, and of no cost. */
const breathMs = 20;

/** The same runtime, which lets the event loop turn now and then. */
export function breathing(runtime: Runtime, clock: Clock): Runtime {
  let last = clock();
  return {
    ...runtime,
    open: async (...model) => {
      const session = await runtime.open(...model);
      return {
        run: async (...feeds) => {
          const results = await session.run(...feeds);
          if (clock() - last >= breathMs) {
            await setImmediate();
            last = clock();
          }
          return results;
        },
      };
    },
  };
}
