// Models as a check opens them: typed, and on ONNX Runtime with all its optimisations.
import { discoverTypes } from '../../src/backends/discover-types.js';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import type { Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { encodeModel } from '../../src/program/emit.js';
import type { Runtime } from '../../src/program/session.js';
import { floatsOf } from './bounding.js';
import { inline } from './programs.js';

export type Opened = {
  readonly model: TypedModel;
  /** First outputs of all rows, as deployed. */
  run(x: Tensor<'float32'>): Promise<Float32Array | Float64Array>;
};

export async function opened(
  file: Model,
  bytes = encodeModel(file),
  runtime: Runtime = inline,
): Promise<Opened> {
  const model = await discoverTypes(file, 'test.onnx', runtime);
  const executable = await openExecutable(model, bytes, runtime);
  return { model, run: async (x) => floatsOf(await executable.run(x)) };
}
