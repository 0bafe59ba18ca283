// A thread, and ONNX Runtime in it, take a tenth of a second to start: they can do so while this one writes the first program.
import { compile } from './compile.js';
import { Program } from './program.js';
import type { Runtime } from './session.js';

/** Starts the threads of a runtime that starts them on demand. */
export function wake(runtime: Runtime): void {
  const p = new Program();
  const session = compile(p, { y: p.neg(p.input('x', 'float32', [1])) }, runtime);
  // Where it cannot be opened, neither can what somebody waits for.
  session.catch(() => {});
}
