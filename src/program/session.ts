// What runs a compiled program or a model. Two implementations: in this thread, and in a pool of worker threads.
import type { Tensor } from '../base/tensor.js';

export type Feeds = Readonly<Record<string, Tensor>>;
export type Results = Readonly<Record<string, Tensor>>;

/** How ONNX Runtime may rewrite a model. `disabled` runs every node as the file has it. */
export type GraphOptimization = 'disabled' | 'basic' | 'all';

export type Session = {
  /** Blocks the thread it runs in, which is a worker unless the runtime is inline. Throws RuntimeError. */
  run(feeds: Feeds): Promise<Results>;
};

export type Runtime = {
  /** Sessions that can run at the same time. */
  readonly workers: number;
  /** Equal bytes and options give the same session. Throws RuntimeError where ONNX Runtime refuses the model. */
  open(model: Uint8Array, optimization?: GraphOptimization): Promise<Session>;
  close(): Promise<void>;
};

/** ONNX Runtime refused to load or run a model; the message is ONNX Runtime's own. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}
