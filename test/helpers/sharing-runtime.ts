// A runtime that knows which shared feeds are held, and by which of their names they were used.
import type { Runtime, Shared } from '../../src/program/session.js';
import { inline } from './programs.js';

export type SharingRuntime = Runtime & {
  /** How many shared feeds with such a name are held now. */
  held(name: string): number;
  /** How many there were. */
  shared(name: string): number;
  /** What went wrong: feeds that were used after their release, or released twice. */
  readonly mistakes: readonly string[];
};

export function sharingRuntime(inner: Runtime = inline): SharingRuntime {
  const known = new Map<Shared, { readonly inner: Shared; released: boolean }>();
  const mistakes: string[] = [];
  const named = (name: string) => [...known].filter(([{ feeds }]) => name in feeds).map(([, state]) => state);
  const innerOf = (shared: Shared): Shared => {
    const state = known.get(shared);
    if (state === undefined || state.released)
      mistakes.push(`used after release: ${Object.keys(shared.feeds)}`);
    return state?.inner ?? shared;
  };
  return {
    ...inner,
    mistakes,
    held: (name) => named(name).filter(({ released }) => !released).length,
    shared: (name) => named(name).length,
    share(feeds) {
      const state = { inner: inner.share(feeds), released: false };
      const shared: Shared = {
        feeds,
        release() {
          if (state.released) mistakes.push(`released twice: ${Object.keys(feeds)}`);
          state.released = true;
          state.inner.release();
        },
      };
      known.set(shared, state);
      return shared;
    },
    open: async (...model) => {
      const session = await inner.open(...model);
      return { run: (feeds, ...shared) => session.run(feeds, ...shared.map(innerOf)) };
    },
  };
}
