// The model as it is deployed: the file's own bytes on ONNX Runtime, with its default graph optimisations.
// Never the lowered program, so that a witness replayed here does not rest on our reading of the model.
import type { NumericDType } from '../base/dtype.js';
import { rows, type Tensor, zeros } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import { type Runtime, RuntimeError } from '../program/session.js';
import { feedsOf } from './feeds.js';

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
  const runChunk = async (input: Tensor<'float32'>): Promise<Tensor<NumericDType>> => {
    const result = (await session.run(feedsOf(model, input)))[model.output.name];
    if (result === undefined || result.dtype === 'string')
      throw new RuntimeError(`output "${model.output.name}" is not a tensor of numbers`);
    return result as Tensor<NumericDType>;
  };
  const stated = statedBatch(model);
  return {
    run: async (input) => {
      const count = input.shape[0] ?? 0;
      const chunk = stated ?? (model.batched ? Math.max(count, 1) : 1);
      const parts: Tensor<NumericDType>[] = [];
      for (let at = 0; at < count; at += chunk) parts.push(await runChunk(filledUp(input, at, chunk)));
      return joined(parts, count / chunk, model);
    },
  };
}

/** The batch size that the file states, which ONNX Runtime enforces; undefined where it is open. */
function statedBatch({ graph, batched }: TypedModel): number | undefined {
  const stated = graph.inputs.map(({ shape }) => shape?.[0]).find((dim) => typeof dim === 'number');
  return batched && typeof stated === 'number' ? stated : undefined;
}

/** Rows from `from` on; the last row repeated where there are fewer than `count`. */
function filledUp(input: Tensor<'float32'>, from: number, count: number): Tensor<'float32'> {
  const available = Math.min(count, (input.shape[0] ?? 0) - from);
  const given = rows(input, from, from + available);
  if (available === count) return given;
  const filled = zeros('float32', [count, ...input.shape.slice(1)]);
  const last = rows(given, available - 1, available).data;
  for (let at = 0; at < count; at++) filled.data.set(last, at * last.length);
  filled.data.set(given.data);
  return filled;
}

/** Results one after the other, as many as `full` parts have: the last may be filled up. One without axes is one element. */
function joined(
  parts: readonly Tensor<NumericDType>[],
  full: number,
  { output, batched }: TypedModel,
): Tensor {
  const [first] = parts;
  if (first === undefined) return zeros('float32', [0, ...output.shape.slice(1).map(Number)]);
  if (batched && parts.length === full && parts.length === 1 && first.shape.length > 0) return first;
  const [leading = 1, ...rest] = batched ? first.shape : output.shape.map(Number);
  const result = zeros(first.dtype, [leading * parts.length, ...rest]);
  const bytes = bytesOf(result);
  parts.forEach((part, at) => {
    bytes.set(bytesOf(part), at * part.data.byteLength);
  });
  return rows(result, 0, leading * full);
}

/** Parts have one type, since they come from one session; as bytes the compiler believes it. */
const bytesOf = ({ data }: Tensor<NumericDType>): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
