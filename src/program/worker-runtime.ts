// A pool of worker threads, each with every session: `session.run` blocks its thread, so the main one never calls it.
import { Worker } from 'node:worker_threads';
import { cached, sessionKey } from './inline-runtime.js';
import type { Reply, Request } from './messages.js';
import { type Results, type Runtime, RuntimeError, type Session } from './session.js';

/** Node cannot run TypeScript here: from sources, under the test runner, the compiled worker is used. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/src/program/worker.js' : './worker.js',
  import.meta.url,
);

type Waiting = { readonly resolve: (results: Results) => void; readonly reject: (reason: Error) => void };
type WithoutId = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

class PoolWorker {
  readonly #worker = new Worker(entry);
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor() {
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error.message));
    this.#worker.on('exit', () => this.#fail('the worker thread ended'));
    // An idle pool does not keep the process alive.
    this.#worker.unref();
  }

  /** Requests under way. */
  get load(): number {
    return this.#waiting.size;
  }

  send(request: WithoutId): Promise<Results> {
    const id = this.#next++;
    this.#worker.ref();
    this.#worker.postMessage({ ...request, id });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.kind === 'done') waiting?.resolve(reply.results);
    else waiting?.reject(new RuntimeError(reply.message));
  }

  #fail(message: string): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new RuntimeError(message));
    this.#waiting.clear();
  }
}

/** @param workers number of threads; one per core is best */
export function createWorkerRuntime(workers: number): Runtime {
  const pool = Array.from({ length: workers }, () => new PoolWorker());
  const sessions = new Map<string, Promise<Session>>();
  const leastLoaded = () => pool.reduce((best, worker) => (worker.load < best.load ? worker : best));
  return {
    workers,
    open: (model, optimization = 'all') => {
      const session = sessionKey(model, optimization);
      return cached(sessions, session, async () => {
        await Promise.all(pool.map((worker) => worker.send({ kind: 'open', session, model, optimization })));
        return { run: (feeds) => leastLoaded().send({ kind: 'run', session, feeds }) };
      });
    },
    close: async () => {
      await Promise.all(pool.map((worker) => worker.close()));
    },
  };
}
