// The MNIST networks of an experiment, or why there are none.
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import type { Bench, Skipped } from './experiment.js';
import { type Mnist, mnistFolder, readMnist } from './networks/mnist.js';
import { cacheFolder, type Trainer } from './networks/trained.js';

export type MnistLab = Trainer & { readonly mnist: Mnist };

/** Calls `work` with the digits and what trains networks on them; skips where there are no digits. */
export async function withMnist<T>(
  { shared, cache, progress }: Bench,
  work: (lab: MnistLab) => Promise<T>,
): Promise<T | Skipped> {
  const mnist = await readMnist(shared);
  if (mnist === undefined) return { skipped: `no digits in ${mnistFolder(shared)}` };
  const runtime = createInlineRuntime();
  try {
    return await work({ mnist, runtime, cache: cacheFolder(cache, shared), progress });
  } finally {
    await runtime.close();
  }
}
