// An engine in a worker thread of its own.
import { type Transferable, Worker } from 'node:worker_threads';
import { messageOf } from '../../base/user-error.js';
import { RuntimeError } from '../../program/session.js';
import type { AdapterRequest } from './adapter.js';
import type { Engine, EngineRun, GpuMode } from './engine.js';
import type { GpuReply, GpuRequest } from './messages.js';
import type { Plan } from './plan.js';

/** As for the runtime's workers: the compiled worker, also under the test runner. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/src/backends/gpu/worker.js' : './worker.js',
  import.meta.url,
);

type WithoutId = GpuRequest extends infer R ? (R extends GpuRequest ? Omit<R, 'id'> : never) : never;
type Waiting = {
  readonly resolve: (results: EngineRun | undefined) => void;
  readonly reject: (reason: Error) => void;
};

class EngineThread {
  // Flags of the main thread, such as --eval or a test runner's loaders, are not for the worker's file.
  readonly #worker = new Worker(entry, { execArgv: [] });
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #ended: string | undefined;

  constructor() {
    this.#worker.on('message', (reply: GpuReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(messageOf(error)));
    this.#worker.on('exit', () => this.#end('the worker thread ended'));
    // An idle thread does not keep the process alive.
    this.#worker.unref();
  }

  /** Rejects with RuntimeError where the thread fails, is gone, or goes. What is in `transfer` moves there. */
  send(request: WithoutId, transfer: readonly Transferable[] = []): Promise<EngineRun | undefined> {
    if (this.#ended !== undefined) return Promise.reject(new RuntimeError(this.#ended));
    const id = this.#next++;
    this.#worker.postMessage({ ...request, id }, transfer);
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    this.#end('the executable is closed');
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #settle(reply: GpuReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
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

/** @throws RuntimeError where gpu.js cannot run the plan in this mode */
export async function openEngineThread(
  plan: Plan,
  mode: GpuMode,
  adapter: AdapterRequest | undefined,
): Promise<Engine> {
  const thread = new EngineThread();
  try {
    await thread.send({ kind: 'open', plan, mode, adapter });
  } catch (error) {
    await thread.close();
    throw error;
  }
  return {
    mode,
    setCorpus: (corpus, entries) => {
      const copy = corpus.slice();
      // A thread that is gone rejects the run that follows, too.
      thread.send({ kind: 'corpus', corpus: copy, entries }, [copy.buffer]).catch(() => {});
    },
    run: async (input, rows) => {
      const copy = input.slice();
      const results = await thread.send({ kind: 'run', input: copy, rows }, [copy.buffer]);
      if (results === undefined) throw new RuntimeError('a run without results');
      return results;
    },
    close: () => thread.close(),
  };
}
