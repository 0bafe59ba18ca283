// The networks of the experiments, trained once by the project's own code and then read from the cache.
import { fileURLToPath } from 'node:url';
import { networkModel } from '../../../../corpora/train/export.js';
import { accuracyOf } from '../../../../corpora/train/measure.js';
import type { Recipe } from '../../../../corpora/train/train.js';
import { train } from '../../../../corpora/train/train.js';
import { unsafeModel } from '../../../../corpora/train/unsafe-head.js';
import { encodeModel } from '../../../../src/onnx/encode.js';
import { runtimeVersion } from '../../../../src/program/ort.js';
import type { Runtime } from '../../../../src/program/session.js';
import { cachedFile, hashOf } from './cache.js';
import { MNIST_IMAGE, type Mnist, mnistFolder } from './mnist.js';
import { classifierRecipe, unsafeRecipe } from './recipes.js';

export type Trained = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** In the cache, for programs that open files. */
  readonly path: string;
  /** Shares of the 9,000 digits that it was trained on and of the 1,000 that it was not. */
  readonly accuracy: { readonly train: number; readonly test: number };
};

export type Trainer = {
  readonly mnist: Mnist;
  readonly runtime: Runtime;
  /** Where finished networks lie. */
  readonly cache: string;
  progress(line: string): void;
};

/** Names a folder by everything that decides the bytes: training code, recipes, data, ONNX Runtime and the type of CPU. */
export function cacheFolder(base: string, shared: string): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const code = [here, fileURLToPath(new URL('../../../../corpora/train/', import.meta.url))];
  return `${base}/marauder-bench-${hashOf([runtimeVersion(), process.arch], [...code, mnistFolder(shared)])}`;
}

/** 784-200-100-10 with the unsafe head: what becomes NaN or infinite is a value of its graph. */
export const unsafeNetwork = (trainer: Trainer, seed: number): Promise<Trained> =>
  trained(trainer, `mnist-unsafe-${seed}`, unsafeRecipe(seed), unsafeModel);

/** 784-200-100-10 that ends in logits. */
export const classifier = (trainer: Trainer): Promise<Trained> =>
  trained(trainer, 'mnist-classifier', classifierRecipe, networkModel);

async function trained(
  { mnist, runtime, cache, progress }: Trainer,
  name: string,
  recipe: Recipe,
  model: typeof networkModel,
): Promise<Trained> {
  const { bytes, path, fresh } = await cachedFile(cache, `${name}.onnx`, async () => {
    progress(`training ${name}`);
    const { weights } = await train(recipe, mnist.train, runtime);
    return encodeModel(model(name, recipe.network, weights, MNIST_IMAGE));
  });
  const accuracy = {
    train: await accuracyOf(bytes, mnist.train, runtime),
    test: await accuracyOf(bytes, mnist.test, runtime),
  };
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  progress(
    `${name}: ${percent(accuracy.train)} of its training digits, ${percent(accuracy.test)} of others${fresh ? '' : ' (from the cache)'}`,
  );
  return { name, bytes, path, accuracy };
}
