// The world of a command, without a terminal: what it prints is kept.
import { Writable } from 'node:stream';
import { createStyle } from '../../src/cli/color.js';
import type { Io } from '../../src/cli/options.js';

/** @param cwd where the command runs */
export function quietIo(cwd: string): { readonly io: Io; readonly printed: () => string } {
  let text = '';
  const sink = () =>
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
  const io: Io = {
    stdout: sink(),
    stderr: sink(),
    style: createStyle(false),
    errorStyle: createStyle(false),
    cwd,
    env: {},
    clock: () => performance.now(),
    signal: new AbortController().signal,
  };
  return { io, printed: () => text };
}
