// What a finished model does on rows of data, asked of ONNX Runtime.
import { createRng } from '../../src/base/rng.js';
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

const NOISE_DRAWS = 20;
const NOISE_LINF = 0.1;

/** Share of rows where two models give the same label, and of noisy copies of those rows where they no longer do. */
export async function agreementOf(
  [first, second]: readonly [Uint8Array, Uint8Array],
  { images }: Samples,
  runtime: Runtime,
): Promise<{ sameLabelShare: number; noisyDisagreements: number; noisyCopies: number }> {
  const agreed = async (inputs: Tensor) => {
    const [a, b] = [await outputsOf(first, inputs, runtime), await outputsOf(second, inputs, runtime)];
    const other = labelsOf(b);
    return labelsOf(a).map((label, row) => label === other[row]);
  };
  const clean = await agreed(images);
  const rng = createRng(1, 'noise');
  let [noisyDisagreements, noisyCopies] = [0, 0];
  for (let draw = 0; draw < NOISE_DRAWS; draw++) {
    const noisy = images.data.map((x) => clip(x + NOISE_LINF * (2 * rng.uniform() - 1)));
    const same = (await agreed({ ...images, data: noisy })).filter((_, row) => clean[row]);
    noisyCopies += same.length;
    noisyDisagreements += same.filter((agrees) => !agrees).length;
  }
  return { sameLabelShare: clean.filter(Boolean).length / clean.length, noisyDisagreements, noisyCopies };
}

const clip = (value: number): number => Math.min(1, Math.max(0, value));

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
