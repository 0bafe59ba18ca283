// How near the faults that the examples carry on purpose lie to the digits: plain uniform noise, no search.
import { createRng, type Rng } from '../../src/base/rng.js';
import type { Tensor } from '../../src/base/tensor.js';
import type { Runtime } from '../../src/program/session.js';
import type { Samples } from './data.js';
import { labelsOf, outputsOf } from './measure.js';

const SEED = 1;

/** Around disagreements of two models: small enough that a digit stays readable. */
const DISAGREEMENT = { linf: 0.1, draws: 20 } as const;
/** Around overflows, as in TensorFuzz's experiments. */
const NON_FINITE = { linf: 0.4, draws: 200 } as const;

/** Share of rows where two models give the same label, and of noisy copies of those rows how many get two labels. */
export async function disagreements(
  [first, second]: readonly [Uint8Array, Uint8Array],
  { images }: Samples,
  runtime: Runtime,
): Promise<{ sameLabelShare: number; noisyCopies: number; noisyDisagreements: number }> {
  const agreed = async (inputs: Tensor) => {
    const [a, b] = [await outputsOf(first, inputs, runtime), await outputsOf(second, inputs, runtime)];
    const others = labelsOf(b);
    return labelsOf(a).map((label, row) => label === others[row]);
  };
  const clean = await agreed(images);
  const rng = createRng(SEED, 'disagreements');
  let [noisyCopies, noisyDisagreements] = [0, 0];
  for (let draw = 0; draw < DISAGREEMENT.draws; draw++) {
    const noisy = await agreed(noisyCopy(images, DISAGREEMENT.linf, rng));
    const rows = noisy.filter((_, row) => clean[row]);
    noisyCopies += rows.length;
    noisyDisagreements += rows.filter((same) => !same).length;
  }
  return { sameLabelShare: clean.filter(Boolean).length / clean.length, noisyCopies, noisyDisagreements };
}

/** How many noisy copies of the rows were run until one gave a value that is not finite. Throws where none did. */
export async function runsToNonFinite(
  model: Uint8Array,
  { images, labels }: Samples,
  runtime: Runtime,
): Promise<{ noisyRunsToNonFinite: number }> {
  const rng = createRng(SEED, 'non-finite');
  for (let draw = 0; draw < NON_FINITE.draws; draw++) {
    const outputs = await outputsOf(model, noisyCopy(images, NON_FINITE.linf, rng), runtime);
    const at = outputs.findIndex((value) => !Number.isFinite(value));
    const rowSize = outputs.length / labels.length;
    if (at >= 0) return { noisyRunsToNonFinite: draw * labels.length + Math.floor(at / rowSize) + 1 };
  }
  throw new Error(`no value that is not finite in ${NON_FINITE.draws * labels.length} noisy copies`);
}

const noisyCopy = (images: Tensor<'float32'>, linf: number, rng: Rng): Tensor<'float32'> => ({
  ...images,
  data: images.data.map((pixel) => Math.min(1, Math.max(0, pixel + linf * (2 * rng.uniform() - 1)))),
});
