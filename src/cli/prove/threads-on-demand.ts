// A pool whose threads start with its first session: starting them takes longer than deciding a small property.
import type { Runtime } from '../../program/session.js';
import { createThreads } from '../threads.js';

export function threadsOnDemand(
  workers: number,
  start: () => Runtime = () => createThreads(workers),
): Runtime {
  let threads: Runtime | undefined;
  const started = (): Runtime => {
    threads ??= start();
    return threads;
  };
  return {
    workers,
    open: (...model) => started().open(...model),
    share: (feeds) => started().share(feeds),
    close: async () => threads?.close(),
  };
}
