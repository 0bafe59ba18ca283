// A runtime that remembers the rows of one input that its sessions were fed.
import type { Tensor } from '../../src/base/tensor.js';
import type { Runtime } from '../../src/program/session.js';
import { inline } from './programs.js';

export type WatchingRuntime = Runtime & {
  /** Every batch, in the order of the runs. */
  readonly fed: readonly Tensor[];
  rows(): number;
};

/** @param before called before each run that feeds the input */
export function watchingRuntime(
  input: string,
  inner: Runtime = inline,
  before: () => void = () => undefined,
): WatchingRuntime {
  const fed: Tensor[] = [];
  return {
    ...inner,
    fed,
    rows: () => fed.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0),
    open: async (...model) => {
      const session = await inner.open(...model);
      return {
        run: (feeds, ...shared) => {
          const batch = feeds[input];
          if (batch !== undefined) {
            before();
            fed.push({ ...batch, data: batch.data.slice() } as Tensor);
          }
          return session.run(feeds, ...shared);
        },
      };
    },
  };
}
