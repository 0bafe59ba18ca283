// The model as it is deployed: the file's own bytes on ONNX Runtime, with its default graph optimisations.
// Never the lowered program, so that a witness replayed here does not rest on our reading of the model.
import type { NumericDType } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import { rows, type Tensor, zeros } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import { type Runtime, RuntimeError } from '../program/session.js';

export type Executable = {
  /** [n, ...] with any n -> first output, the results of all rows concatenated along their leading axis. */
  run(input: Tensor<'float32'>): Promise<Tensor>;
};

/**
 * @param bytes the file, external data included: `LoadedModel.bytes`
 * @throws RuntimeError where ONNX Runtime refuses the file
 */
export async function openExecutable(
  model: TypedModel,
  bytes: Uint8Array,
  runtime: Runtime,
): Promise<Executable> {
  const session = await runtime.open(bytes, 'all');
  const runChunk = async (input: Tensor): Promise<Tensor<NumericDType>> => {
    const result = (await session.run({ [model.input.name]: input }))[model.output.name];
    if (result === undefined || result.dtype === 'string')
      throw new RuntimeError(`output "${model.output.name}" is not a tensor of numbers`);
    return result as Tensor<NumericDType>;
  };
  return {
    run: async (input) => {
      const count = input.shape[0] ?? 0;
      const chunk = chunkOf(model, count);
      if (chunk >= count && count > 0) return runChunk(input);
      const parts: Tensor<NumericDType>[] = [];
      for (let at = 0; at < count; at += chunk) parts.push(await runChunk(rows(input, at, at + chunk)));
      return concatenated(parts, model);
    },
  };
}

/** Rows per run: one where rows cannot share a batch, or where the file states a batch size, which ONNX Runtime enforces. */
function chunkOf({ batched, graph, input }: TypedModel, count: number): number {
  const stated = graph.inputs.find(({ name }) => name === input.name)?.shape?.[0];
  return batched && typeof stated !== 'number' ? Math.max(count, 1) : 1;
}

function concatenated(parts: readonly Tensor<NumericDType>[], { output }: TypedModel): Tensor {
  const [first] = parts;
  const rest = first?.shape.slice(1) ?? output.shape.slice(1).map(Number);
  const leading = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
  const joined = zeros(first?.dtype ?? 'float32', [leading, ...rest]);
  const size = sizeOf(first?.shape ?? []);
  parts.forEach(({ data }, at) => {
    joined.data.set(data as never, at * size);
  });
  return joined;
}
