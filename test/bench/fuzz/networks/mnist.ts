// The 10,000 MNIST test digits of ../shared, as TensorFuzz feeds them: pixels from -1 to 1 (lib/dataset.py of its repository).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Samples } from '../../../../corpora/train/data.js';
import { float32, rows } from '../../../../src/base/tensor.js';
import { loadDataset } from '../../../../src/policy/data/load.js';

export const MNIST_IMAGE = [1, 28, 28] as const;
/** What every pixel may be. */
export const mnistRange = { ranges: [[-1, 1]] } as const;
/** Digits that train; the others only test. */
const TRAINING_ROWS = 9000;

export type Mnist = { readonly train: Samples; readonly test: Samples };

export const mnistFolder = (shared: string): string => join(shared, 'data', 'mnist');

/** Undefined where ../shared is absent. */
export async function readMnist(shared: string): Promise<Mnist | undefined> {
  const folder = mnistFolder(shared);
  const file = join(folder, 't10k-images-idx3-ubyte.gz');
  if (!existsSync(file)) return undefined;
  const { inputs, labels } = await loadDataset({
    name: 'mnist',
    file,
    at: { file: 'bench', line: 1, column: 1 },
    inputs: undefined,
    labels: join(folder, 't10k-labels-idx1-ubyte.gz'),
    scale: 1 / 255,
  });
  const count = inputs.shape[0] ?? 0;
  const images = float32(
    inputs.data.map((pixel) => 2 * pixel - 1),
    [count, ...MNIST_IMAGE],
  );
  const classes = Uint8Array.from(labels ?? []);
  const part = (from: number, to: number): Samples => ({
    images: rows(images, from, to),
    labels: classes.subarray(from, to),
  });
  return { train: part(0, TRAINING_ROWS), test: part(TRAINING_ROWS, count) };
}
