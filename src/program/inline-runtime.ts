// Sessions in the calling thread: for tests, for training and inside workers. Blocks while it runs.
import { openSession } from './ort.js';
import { type Runtime, RuntimeError, type Session } from './session.js';
import { cached, sessionKey } from './session-cache.js';

/** A runtime without threads. After `close` its sessions, and `open`, reject with RuntimeError. */
export function createInlineRuntime(): Runtime {
  const sessions = new Map<string, Promise<Session>>();
  let closed = false;
  const whileOpen = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new RuntimeError('the runtime is closed');
    return work();
  };
  return {
    workers: 1,
    open: (model, optimization = 'all', memory = 'kept') =>
      whileOpen(() =>
        cached(sessions, sessionKey(model, optimization, memory), async () => {
          const session = await openSession(model, optimization, memory);
          return {
            run: (feeds, ...shared) =>
              whileOpen(() => session.run(feeds, ...shared.map((common) => common.feeds))),
          };
        }),
      ),
    share: (feeds) => ({ feeds, release: () => {} }),
    close: async () => {
      closed = true;
      sessions.clear();
    },
  };
}
