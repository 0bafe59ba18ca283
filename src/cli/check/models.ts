// Models as a run uses them: decoded, typed, and opened on ONNX Runtime as the file has them.

import { discoverTypes } from '../../backends/discover-types.js';
import { type Executable, openExecutable } from '../../backends/onnxruntime.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import type { ModelRef } from '../../findings/report.js';
import { normalise } from '../../graph/passes/index.js';
import { toFloat16 } from '../../graph/precision/float16.js';
import { preprocessed } from '../../graph/preprocess.js';
import type { Preprocessing } from '../../graph/preprocessing.js';
import type { TypedModel } from '../../graph/typed-model.js';
import { encodeModel } from '../../onnx/encode.js';
import { loadModel } from '../../onnx/load.js';
import type { Runtime } from '../../program/session.js';
import { requireFaithful } from './faithful.js';
import { withPlace } from './runtime-failure.js';

/** The model under test is the file with the steps in front of it: its input, and all bounds and witnesses, are before them. */
export type OpenModel = ModelRef & {
  readonly typed: TypedModel;
  readonly executable: Executable;
};

export type ModelSource = {
  readonly name: string;
  /** As it is to appear in reports and errors; absolute or relative to the working directory. */
  readonly file: string;
  /** @param where the policy or finding that has them, for errors */
  readonly preprocess?: { readonly steps: Preprocessing; readonly where: string } | undefined;
  /** Cast after it is read; the steps in front of it stay as they are. */
  readonly derived?: ModelRef['derived'];
};

export async function openModel(
  { name, file, preprocess, derived }: ModelSource,
  runtime: Runtime,
): Promise<OpenModel> {
  const { model, bytes, sha256 } = await loadModel(file);
  const read = await discoverTypes(model, file, runtime);
  const stored = derived === undefined ? read : await discoverTypes(toFloat16(read), file, runtime);
  const typed = preprocess ? preprocessed(stored, preprocess.steps, preprocess.where) : stored;
  const normal = normalise(typed);
  const executable = await withPlace(file, async () => {
    const opened = await openExecutable(typed, typed === read ? bytes : encodeModel(typed), runtime);
    await requireFaithful(normal, opened, file, runtime);
    return opened;
  });
  return {
    name,
    file,
    sha256,
    typed: normal,
    executable,
    ...(preprocess && { preprocess: preprocess.steps }),
    ...(derived && { derived }),
  };
}

/** What reports and findings say of it. */
export const modelRef = ({ name, file, sha256, preprocess, derived }: ModelRef): ModelRef => ({
  name,
  file,
  sha256,
  ...(preprocess && { preprocess }),
  ...(derived && { derived }),
});

/** First output of one input, at batch size 1. */
export async function runOne(
  { executable, typed }: OpenModel,
  input: Float32Array,
): Promise<ArrayLike<number>> {
  const result = await executable.run(batchOfOne(typed, input));
  return numbersOf(result);
}

export const batchOfOne = ({ input: { shape } }: TypedModel, input: Float32Array): Tensor<'float32'> =>
  float32(input, [1, ...shape.slice(1).map(Number)]);

/** @throws UserError where the elements are no floats */
export function numbersOf({ dtype, data }: Tensor): Float32Array | Float64Array {
  if (dtype === 'float32' || dtype === 'float64') return data as Float32Array | Float64Array;
  throw new UserError('UNSUPPORTED_MODEL', {
    where: "the model's first output",
    problem: `has type ${dtype}; properties speak of float outputs`,
    hint: 'export the model with its scores as first output, not the chosen class',
  });
}
