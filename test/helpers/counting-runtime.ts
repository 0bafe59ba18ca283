// A runtime that remembers what it was asked to open.
import type { Runtime } from '../../src/program/session.js';
import { inline } from './programs.js';

export type CountingRuntime = Runtime & { readonly opened: Uint8Array[] };

export function countingRuntime(inner: Runtime = inline): CountingRuntime {
  const opened: Uint8Array[] = [];
  return {
    ...inner,
    opened,
    open: (...model) => {
      opened.push(model[0]);
      return inner.open(...model);
    },
  };
}
