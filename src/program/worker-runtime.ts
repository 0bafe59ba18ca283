// A pool of worker threads, each with every session: `session.run` blocks its thread, so the main one never calls it.
import { type Transferable, Worker } from 'node:worker_threads';
import { messageOf } from '../base/user-error.js';
import type { Reply, Request } from './messages.js';
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

/** Node cannot run TypeScript here: from sources, under the test runner, the compiled worker is used. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/src/program/worker.js' : './worker.js',
  import.meta.url,
);

type Waiting = { readonly resolve: (results: Results) => void; readonly reject: (reason: Error) => void };
type WithoutId = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** Which workers have some shared feeds, and under which number. */
type Holder = { readonly id: number; readonly workers: Set<PoolWorker> };

class PoolWorker {
  // Flags of the main thread, such as --eval or a test runner's loaders, are not for the worker's file.
  readonly #worker = new Worker(entry, { execArgv: [] });
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** Why the thread is gone, once it is. */
  #ended: string | undefined;

  constructor() {
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(messageOf(error)));
    this.#worker.on('exit', () => this.#end('the worker thread ended'));
    // An idle pool does not keep the process alive.
    this.#worker.unref();
  }

  /** Requests under way; Infinity for a thread that is gone. */
  get load(): number {
    return this.#ended === undefined ? this.#waiting.size : Infinity;
  }

  /** Rejects with RuntimeError where the worker fails, is gone, or goes. What is in `transfer` moves to the worker. */
  async send(request: WithoutId, transfer: readonly Transferable[]): Promise<Results> {
    if (this.#ended !== undefined) throw new RuntimeError(this.#ended);
    const id = this.#next++;
    this.#worker.postMessage({ ...request, id }, transfer);
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    this.#end('the runtime is closed');
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    // A late reply must not let the process go while `close` waits for the thread: Node would leave with exit code 13.
    if (this.#waiting.size === 0 && this.#ended === undefined) this.#worker.unref();
    if (reply.kind === 'done') waiting?.resolve(reply.results);
    else waiting?.reject(new RuntimeError(reply.message));
  }

  /** The first reason stays. */
  #end(reason: string): void {
    this.#ended ??= reason;
    for (const waiting of this.#waiting.values()) waiting.reject(new RuntimeError(this.#ended));
    this.#waiting.clear();
    this.#worker.unref();
  }
}

/**
 * A pool of threads. A run goes to the thread with the fewest requests under way; feeds are copied once, results moved.
 * After `close`, and for what was under way, everything rejects with RuntimeError.
 * @param workers number of threads; one per core is best
 */
export function createWorkerRuntime(workers: number): Runtime {
  if (!(Number.isInteger(workers) && workers >= 1)) throw new RangeError(`a pool of ${workers} workers`);
  const pool = Array.from({ length: workers }, () => new PoolWorker());
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
