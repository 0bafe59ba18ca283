// Output that cannot be written: a closed pipe is the reader's choice, everything else is an error.
import type { Writable } from 'node:stream';
import { messageOf, UserError } from '../base/user-error.js';

export type StreamGuard = {
  /** Lets pending error events arrive, then throws the first failure, if any. */
  check(): Promise<void>;
};

/** Keeps a failed write from ending the process as an unhandled event, so that the JSON report is written anyway. */
export function guardStream(stream: Writable, name: string): StreamGuard {
  let failure: UserError | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // `marauder inspect net.onnx | head` has what it wanted.
    if (error.code === 'EPIPE') return;
    failure ??= new UserError(
      'FILE_UNWRITABLE',
      { where: name, problem: messageOf(error) },
      { cause: error },
    );
  });
  const check = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (failure !== undefined) throw failure;
  };
  return { check };
}
