// What the models of a finding answer at its input and at its seed: saved beside them, so that reports can show both.
import { join } from 'node:path';
import { sizeOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import type { Finding } from '../../findings/finding.js';
import type { ModelOutputs } from '../../report/material.js';
import { inputShape } from '../check/fit.js';
import { batchOfOne, type OpenModel } from '../check/models.js';
import { readArrays } from '../corpus/archive.js';
import { readFileBytes } from '../files.js';
import { encodeNpy } from '../npy.js';
import { writeNpz } from '../npz.js';

export const outputsFileName = 'outputs.npz' as const;

/** Of each model, at batch size 1; undefined where it takes other inputs, or its first output is no floats. */
export const outputsOf = (
  models: readonly OpenModel[],
  input: Float32Array,
  seed: Float32Array,
): Promise<(ModelOutputs | undefined)[]> =>
  Promise.all(
    models.map(async (model) => {
      if (sizeOf(inputShape(model)) !== input.length) return undefined;
      const [atInput, atSeed] = [await outputOf(model, input), await outputOf(model, seed)];
      return atInput && atSeed && { shape: atInput.shape, atInput: atInput.data, atSeed: atSeed.data };
    }),
  );

type Floats = { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array };

async function outputOf({ executable, typed }: OpenModel, input: Float32Array): Promise<Floats | undefined> {
  return withoutBatch(await executable.run(batchOfOne(typed, input)));
}

function withoutBatch({ data, shape }: Tensor): Floats | undefined {
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  return isFloat ? { shape: shape.slice(1), data } : undefined;
}

/** `outputs.npz`; undefined where there is nothing to keep. */
export function storedOutputs(outputs: readonly (ModelOutputs | undefined)[]): Uint8Array | undefined {
  const arrays = outputs.flatMap((of, at) => {
    if (of === undefined) return [];
    const array = (data: Float32Array | Float64Array) => encodeNpy(data, [1, ...of.shape]);
    return [
      [`input${at}`, array(of.atInput)],
      [`seed${at}`, array(of.atSeed)],
    ] as const;
  });
  return arrays.length === 0 ? undefined : writeNpz(Object.fromEntries(arrays));
}

/** Of each of the finding's models. @throws UserError where the file is gone or damaged */
export function outputsIn(
  folder: string,
  { outputsFile, models }: Pick<Finding, 'outputsFile' | 'models'>,
): (ModelOutputs | undefined)[] {
  const file = join(folder, outputsFileName);
  const arrays = outputsFile === null ? undefined : readArrays(readFileBytes(file), file);
  return models.map((_, at) => {
    const [input, seed] = [arrays?.get(`input${at}`), arrays?.get(`seed${at}`)].map(
      (array) => array && withoutBatch(array),
    );
    if (input === undefined || seed === undefined || input.data.length !== seed.data.length) return undefined;
    return { shape: input.shape, atInput: input.data, atSeed: seed.data };
  });
}
