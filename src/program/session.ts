// What runs a compiled program or a model. Two implementations: in this thread, and in a pool of worker threads.
import type { Tensor } from '../base/tensor.js';

/** Tensors by input name. */
export type Feeds = Readonly<Record<string, Tensor>>;
/** Tensors by output name; outputs that are no tensors are left out. */
export type Results = Readonly<Record<string, Tensor>>;

/**
 * How ONNX Runtime may rewrite a model. `disabled` runs every node as the file has it; `all` is what a deployed model gets; `program`, for
 * programs of ours, is that but for what hides an overflow that a program looks for.
 */
export type GraphOptimization = 'disabled' | 'basic' | 'all' | 'program';

/**
 * What a session does with the memory of its values between runs: keep it, which is faster, or return it, for sessions of which
 * many are open and each takes much.
 */
export type ValueMemory = 'kept' | 'returned';

/** An opened model. */
export type Session = {
  /**
   * Blocks the thread it runs in, which is a worker unless the runtime is inline. The feeds' arrays may be written to
   * again as soon as the call has returned from a pool, and when it has resolved inline; those marked expendable never. Throws RuntimeError.
   * @param shared feeds besides `feeds`, from the same runtime; those that the model does not read are passed over
   */
  run(feeds: Feeds, ...shared: readonly Shared[]): Promise<Results>;
  /**
   * Does a task of task.ts in a thread that has the session; undefined where the session is in this one. Throws RuntimeError.
   * @param task the built file of a module that exports a `Task` as `perform`
   * @param transfer what of the request moves there, without a copy
   */
  readonly perform?: (task: URL, given: unknown, transfer: readonly ArrayBuffer[]) => Promise<unknown>;
};

/** Tensors that many runs read: each thread gets them once. Their arrays must not be written to before `release`. */
export type Shared = {
  readonly feeds: Feeds;
  /** Frees them where they were sent; later runs with them reject. */
  release(): void;
};

/** Opens and runs models. After `close` everything rejects with RuntimeError. */
export type Runtime = {
  /** Sessions that can run at the same time. */
  readonly workers: number;
  /** Equal bytes and options give the same session. Throws RuntimeError where ONNX Runtime refuses the model. */
  open(model: Uint8Array, optimization?: GraphOptimization, memory?: ValueMemory): Promise<Session>;
  share(feeds: Feeds): Shared;
  /** Ends all threads; what is under way rejects. */
  close(): Promise<void>;
};

/** ONNX Runtime refused to load or run a model; the message is ONNX Runtime's own. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}
