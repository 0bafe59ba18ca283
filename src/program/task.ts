// Work that goes where a session is: many runs with a little between them, of which only the beginning and the end pass from thread to thread.
import type { Transferable } from 'node:worker_threads';
import type { LocalSession } from './ort.js';

/** What a task makes of its request; what is in `transfer` moves to whoever asked, without a copy. */
export type Made<T> = { readonly made: T; readonly transfer: readonly Transferable[] };

/** Requests and results pass by structured clone. */
export type Task<Given, T> = (run: LocalSession['run'], given: Given) => Promise<Made<T>>;

/**
 * Where a thread finds a task: a module that exports it as `perform`, and nothing that this thread has loaded.
 * @param source the asking module's own address, which says how it was built
 */
export function taskFile(name: string, source: string): URL {
  const kind = /\.(ts|cjs)$/.exec(source)?.[1];
  if (kind === 'cjs') return new URL(`./${name}.cjs`, source);
  // Node cannot run TypeScript: from sources, under the test runner, the compiled task is used.
  const folder = kind === 'ts' ? source.replace(/^(.*)\/src\//, '$1/dist/src/') : source;
  return new URL(`./${name}.js`, folder);
}
