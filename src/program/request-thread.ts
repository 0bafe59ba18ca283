// A worker thread that answers requests, each with a number: what the pool and every other thread of ours is.
import { SHARE_ENV, type Transferable, Worker } from 'node:worker_threads';
import { messageOf } from '../base/user-error.js';
import { RuntimeError } from './session.js';

/** What a thread answers to the request of that number. */
type Reply<T> =
  | { readonly kind: 'done'; readonly id: number; readonly results: T }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

type Waiting<T> = { readonly resolve: (results: T) => void; readonly reject: (reason: Error) => void };

/** The request as it is asked; the thread sees it with its number. */
export type WithoutId<Request> = Request extends infer R
  ? R extends Request
    ? Omit<R, 'id'>
    : never
  : never;

export class RequestThread<Request extends { readonly id: number }, T> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting<T>>();
  readonly #closing: string;
  #next = 0;
  /** Why the thread is gone, once it is. */
  #ended: string | undefined;

  /** @param closing what requests are told that come after `close` */
  constructor(entry: URL, closing: string) {
    this.#closing = closing;
    // Flags of the main thread, such as --eval or a test runner's loaders, are not for the worker's file.
    // What one thread tells ONNX Runtime in the environment, the process is told.
    this.#worker = new Worker(entry, { execArgv: [], env: SHARE_ENV });
    this.#worker.on('message', (reply: Reply<T>) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(messageOf(error)));
    this.#worker.on('exit', () => this.#end('the worker thread ended'));
    // An idle thread does not keep the process alive.
    this.#worker.unref();
  }

  /** Requests under way; Infinity for a thread that is gone. */
  get load(): number {
    return this.#ended === undefined ? this.#waiting.size : Infinity;
  }

  /** Rejects with RuntimeError where the thread fails, is gone, or goes. What is in `transfer` moves there. */
  async send(request: WithoutId<Request>, transfer: readonly Transferable[] = []): Promise<T> {
    if (this.#ended !== undefined) throw new RuntimeError(this.#ended);
    const id = this.#next++;
    this.#worker.postMessage({ ...request, id }, transfer);
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    this.#end(this.#closing);
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #settle(reply: Reply<T>): void {
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
