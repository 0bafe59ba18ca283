// Sessions in this thread block it, and what follows their calls never lets go of it.
import type { Clock } from '../../base/deadline.js';
import type { Runtime } from '../../program/session.js';
import { createBreath } from '../breath.js';

/** The same runtime, which lets the event loop turn now and then. */
export function breathing(runtime: Runtime, clock: Clock): Runtime {
  const breath = createBreath(clock);
  return {
    ...runtime,
    open: async (...model) => {
      const session = await runtime.open(...model);
      return {
        run: async (...feeds) => {
          const results = await session.run(...feeds);
          const turn = breath();
          if (turn !== undefined) await turn;
          return results;
        },
      };
    },
  };
}
