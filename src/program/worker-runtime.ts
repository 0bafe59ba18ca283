// A pool of worker threads, each with every session: `session.run` blocks its thread, so the main one never calls it.
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

/** By the kind of this file. Node cannot run TypeScript here: from sources, under the test runner, the compiled worker is used. */
const entries = { ts: '../../dist/src/program/worker.js', js: './worker.js', cjs: './worker.cjs' } as const;
const kind = /\.(ts|cjs)$/.exec(import.meta.url)?.[1] as 'ts' | 'cjs' | undefined;
const entry = new URL(entries[kind ?? 'js'], import.meta.url);

type PoolWorker = RequestThread<Request, Results>;

/** Which workers have some shared feeds, and under which number. */
type Holder = { readonly id: number; readonly workers: Set<PoolWorker> };

/**
 * A pool of threads. A run goes to the thread with the fewest requests under way; feeds are copied once, results moved.
 * After `close`, and for what was under way, everything rejects with RuntimeError.
 * @param workers number of threads; one per core is best
 */
export function createWorkerRuntime(workers: number): Runtime {
  if (!(Number.isInteger(workers) && workers >= 1)) throw new RangeError(`a pool of ${workers} workers`);
  const pool = Array.from(
    { length: workers },
    () => new RequestThread<Request, Results>(entry, 'the runtime is closed'),
  );
  const sessions = new Map<string, Promise<Session>>();
  const leastLoaded = () => pool.reduce((best, worker) => (worker.load < best.load ? worker : best));
  const holders = new Map<Shared, Holder>();
  let sharedCount = 0;
  const run: (session: string) => Session['run'] =
    (session) =>
    async (given, ...shared) => {
      const worker = leastLoaded();
      const feeds = detached(given);
      const held = shared.map((common) => hold(worker, common));
      return worker.send({ kind: 'run', session, feeds, shared: held }, buffersOf(feeds));
    };
  /** Sends shared feeds to a worker that does not have them yet. */
  const hold = (worker: PoolWorker, shared: Shared): number => {
    const holder = holders.get(shared);
    if (holder === undefined) throw new RuntimeError('the shared feeds were released');
    if (holder.workers.has(worker)) return holder.id;
    holder.workers.add(worker);
    const feeds = detached(shared.feeds);
    // A worker that is gone rejects the run, too.
    worker.send({ kind: 'share', shared: holder.id, feeds }, buffersOf(feeds)).catch(() => {});
    return holder.id;
  };
  const share = (feeds: Feeds): Shared => {
    const shared: Shared = {
      feeds,
      release: () => {
        const holder = holders.get(shared);
        holders.delete(shared);
        for (const worker of holder?.workers ?? [])
          worker.send({ kind: 'release', shared: holder?.id ?? -1 }, []).catch(() => {});
      },
    };
    holders.set(shared, { id: sharedCount++, workers: new Set() });
    return shared;
  };
  return {
    workers,
    share,
    open: (bytes, optimization = 'all', memory = 'kept') => {
      const session = sessionKey(bytes, optimization, memory);
      return cached(sessions, session, async () => {
        const opened = pool.map((worker) => {
          const model = new Uint8Array(bytes);
          return worker.send({ kind: 'open', session, model, optimization, memory }, [model.buffer]);
        });
        await Promise.all(opened);
        return { run: run(session) };
      });
    },
    close: async () => {
      sessions.clear();
      await Promise.all(pool.map((worker) => worker.close()));
    },
  };
}
