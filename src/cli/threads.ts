// The threads of a run, ended only when they are idle: a thread that is ended while ONNX Runtime computes in it takes the
// whole process with it (an abort in its Node binding, seen in 1.30).
import type { Results, Runtime, Session } from '../program/session.js';
import { createWorkerRuntime, type Pool } from '../program/worker-runtime.js';

/** A pool whose `close` waits for what is under way. */
export const createThreads = (workers: number, pool: Runtime = createWorkerRuntime(workers)): Runtime =>
  closedIdle(pool, new Set());

/** As `createThreads`, for a pool of which a thread may start first. */
export function createPoolThreads(pool: Pool): Pool {
  const underWay = new Set<Promise<unknown>>();
  return {
    ...closedIdle(pool, underWay),
    start: () => tracked(pool.start(), underWay),
  };
}

function tracked<T>(work: Promise<T>, underWay: Set<Promise<unknown>>): Promise<T> {
  const settled: Promise<void> = work.then(
    () => void underWay.delete(settled),
    () => void underWay.delete(settled),
  );
  underWay.add(settled);
  return work;
}

function closedIdle(pool: Runtime, underWay: Set<Promise<unknown>>): Runtime {
  const trackedSession = ({ run, perform }: Session): Session => ({
    run: (...feeds): Promise<Results> => tracked(run(...feeds), underWay),
    ...(perform && { perform: (...asked) => tracked(perform(...asked), underWay) }),
  });
  return {
    ...pool,
    open: async (...model) => trackedSession(await tracked(pool.open(...model), underWay)),
    close: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
      await pool.close();
    },
  };
}
