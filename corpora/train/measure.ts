// What a finished model does on rows of data, asked of ONNX Runtime.
import type { Tensor } from '../../src/base/tensor.js';
import type { Runtime } from '../../src/program/session.js';
import { CLASSES, type Samples } from './data.js';
import { INPUT } from './export.js';

/** The model's only output, row by row: [rows, 10]. */
export async function outputsOf(model: Uint8Array, images: Tensor, runtime: Runtime): Promise<Float32Array> {
  const session = await runtime.open(model);
  const [output] = Object.values(await session.run({ [INPUT]: images }));
  if (!(output?.data instanceof Float32Array)) throw new Error('the model has no float32 output');
  return output.data;
}

/** The first greatest class of each row. */
export const labelsOf = (outputs: Float32Array): number[] =>
  Array.from({ length: outputs.length / CLASSES }, (_, row) => {
    const scores = outputs.subarray(row * CLASSES, (row + 1) * CLASSES);
    return scores.indexOf(scores.reduce((best, score) => Math.max(best, score)));
  });

/** Share of rows whose greatest output is the true class. */
export async function accuracyOf(
  model: Uint8Array,
  { images, labels }: Samples,
  runtime: Runtime,
): Promise<number> {
  const predicted = labelsOf(await outputsOf(model, images, runtime));
  return predicted.filter((label, row) => label === labels[row]).length / labels.length;
}

/** How extreme logits are: the greatest, and the greatest distance between two of one row. */
export function rangesOf(logits: Float32Array): { greatestLogit: number; greatestSpread: number } {
  let [greatestLogit, greatestSpread] = [Number.NEGATIVE_INFINITY, 0];
  for (let row = 0; row < logits.length; row += CLASSES) {
    const scores = logits.subarray(row, row + CLASSES);
    const [least, greatest] = [Math.min(...scores), Math.max(...scores)];
    greatestLogit = Math.max(greatestLogit, greatest);
    greatestSpread = Math.max(greatestSpread, greatest - least);
  }
  return { greatestLogit, greatestSpread };
}
