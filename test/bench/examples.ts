// Example models and test digits, as the benchmarks use them.
import { discoverTypes } from '../../src/backends/discover-types.js';
import { loadModel } from '../../src/onnx/load.js';
import { loadDataset } from '../../src/policy/data/load.js';
import type { Dataset } from '../../src/policy/dataset.js';
import type { Runtime } from '../../src/program/session.js';

export const pixelRange = { ranges: [[0, 1]] } as const;

export async function exampleModel(root: string, name: string, runtime: Runtime) {
  const { model, bytes } = await loadModel(`${root}corpora/${name}.onnx`);
  return { typed: await discoverTypes(model, name, runtime), bytes };
}

export const testDigits = (root: string): Promise<Dataset> =>
  loadDataset({
    name: 'digits',
    file: `${root}corpora/digits.npz`,
    at: { file: 'bench', line: 1, column: 1 },
    inputs: ['test_images'],
    labels: 'test_labels',
    scale: 0.0625,
  });
