// A pool of worker threads, each with every session: `session.run` blocks its thread, so the main one never calls it.
import { builtFile } from './built-file.js';
import type { Request } from './messages.js';
import { RequestThread } from './request-thread.js';
import {
  type Feeds,
  type Results,
  type Runtime,
  RuntimeError,
  type Session,
  type Shared,
} from './session.js';
import { cached, sessionKey } from './session-cache.js';
import { buffersOf, detached } from './transfer.js';

const entry = builtFile('worker', import.meta.url);

type PoolWorker = RequestThread<Request, unknown>;

/** Which workers have some shared feeds, and under which number. */
type Holder = { readonly id: number; readonly workers: Set<PoolWorker> };

export type Pool = Runtime & {
  /** Starts one of its threads, and ONNX Runtime in it, which takes a tenth of a second: other work goes on meanwhile. */
  start(): Promise<void>;
};

/**
 * A pool of threads. A run goes to the thread with the fewest requests under way; feeds are copied once, results moved.
 * After `close`, and for what was under way, everything rejects with RuntimeError.
 * @param workers number of threads; one per core is best
 */
export function createWorkerRuntime(workers: number): Runtime {
  return createPool(workers, 'now');
}

/** @param starting whether threads start now, or each with the first request that it may get */
export function createPool(workers: number, starting: 'now' | 'on demand'): Pool {
  if (!(Number.isInteger(workers) && workers >= 1)) throw new RangeError(`a pool of ${workers} workers`);
  const threads: PoolWorker[] = [];
  let closed = false;
  const started = (count: number): readonly PoolWorker[] => {
    if (closed) throw new RuntimeError(closing);
    while (threads.length < count) threads.push(new RequestThread<Request, unknown>(entry, closing));
    return threads;
  };
  if (starting === 'now') started(workers);
  const shares = createShares();
  const sessions = new Map<string, Promise<Session>>();
  const sessionOf = (session: string): Session => ({
    run: async (given, ...shared) => {
      const worker = leastLoaded(started(workers));
      const feeds = detached(given);
      const held = shared.map((common) => shares.hold(worker, common));
      return worker.send({ kind: 'run', session, feeds, shared: held }, buffersOf(feeds)) as Promise<Results>;
    },
    perform: async (task, given, transfer) =>
      leastLoaded(started(workers)).send({ kind: 'perform', session, task: task.href, given }, transfer),
  });
  return {
    workers,
    share: shares.share,
    open: async (bytes, optimization = 'all', memory = 'kept') => {
      const session = sessionKey(bytes, optimization, memory);
      const members = started(workers);
      return cached(sessions, session, async () => {
        const openIn = (worker: PoolWorker) => {
          const model = new Uint8Array(bytes);
          return worker.send({ kind: 'open', session, model, optimization, memory }, [model.buffer]);
        };
        await Promise.all(members.map(openIn));
        return sessionOf(session);
      });
    },
    start: async () => {
      const [first] = started(1);
      await first?.send({ kind: 'start' });
    },
    close: async () => {
      closed = true;
      await Promise.all(threads.map((worker) => worker.close()));
    },
  };
}

const closing = 'the runtime is closed';

const leastLoaded = (threads: readonly PoolWorker[]): PoolWorker =>
  threads.reduce((best, worker) => (worker.load < best.load ? worker : best));

/** Feeds that each worker gets once. */
function createShares() {
  const holders = new Map<Shared, Holder>();
  let count = 0;
  return {
    /** Sends shared feeds to a worker that does not have them yet. */
    hold: (worker: PoolWorker, shared: Shared): number => {
      const holder = holders.get(shared);
      if (holder === undefined) throw new RuntimeError('the shared feeds were released');
      if (holder.workers.has(worker)) return holder.id;
      holder.workers.add(worker);
      const feeds = detached(shared.feeds);
      // A worker that is gone rejects the run, too.
      worker.send({ kind: 'share', shared: holder.id, feeds }, buffersOf(feeds)).catch(() => {});
      return holder.id;
    },
    share: (feeds: Feeds): Shared => {
      const shared: Shared = {
        feeds,
        release: () => {
          const holder = holders.get(shared);
          holders.delete(shared);
          for (const worker of holder?.workers ?? [])
            worker.send({ kind: 'release', shared: holder?.id ?? -1 }, []).catch(() => {});
        },
      };
      holders.set(shared, { id: count++, workers: new Set() });
      return shared;
    },
  };
}
