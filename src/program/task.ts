// Work that goes where a session is: many runs with a little between them, of which only the beginning and the end pass from thread to thread.
import type { Transferable } from 'node:worker_threads';
import type { LocalSession } from './ort.js';

/** What a task makes of its request; what is in `transfer` moves to whoever asked, without a copy. */
export type Made<T> = { readonly made: T; readonly transfer: readonly Transferable[] };

/** What a task's module exports as `perform`; it has nothing that the asking thread has loaded. Requests and results pass by structured clone. */
export type Task<Given, T> = (run: LocalSession['run'], given: Given) => Promise<Made<T>>;
