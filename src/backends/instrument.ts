// One run of a model that reports every value on the way: from it come types that the file does not state.
import { dtypes, type NumericDType } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import type { Dimension, Model, ValueInfo } from '../graph/graph.js';
import { encodeModel } from '../program/emit.js';
import type { Results, Runtime } from '../program/session.js';

/** The model with its batch dimension opened and every node's outputs as outputs of the graph. */
export function instrumented(model: Model): Model {
  const { graph } = model;
  const names = new Set(graph.outputs.map(({ name }) => name));
  const produced = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => name !== '' && !names.has(name));
  const open = (info: ValueInfo): ValueInfo => ({
    ...info,
    shape: info.shape && ['batch', ...info.shape.slice(1)],
  });
  const untyped = (name: string): ValueInfo => ({ name, dtype: undefined, shape: undefined });
  return {
    ...model,
    graph: { ...graph, inputs: graph.inputs.map(open), outputs: [...names, ...produced].map(untyped) },
  };
}

/** Every value of the model at one batch size. */
export async function runInstrumented(
  model: Model,
  runtime: Runtime,
  input: Tensor,
  name: string,
): Promise<Results> {
  const session = await runtime.open(encodeModel(instrumented(model)), 'disabled');
  return session.run({ [name]: input });
}

/** A probe input: small distinct values, so that rows can be told apart. [batch, ...rest] */
export function probe(dtype: NumericDType, batch: number, rest: readonly Dimension[], shift: number): Tensor {
  const shape = [batch, ...rest.map((dim) => (typeof dim === 'number' ? dim : 1))];
  const data = new dtypes[dtype].array(sizeOf(shape));
  for (let at = 0; at < data.length; at++) {
    const value = (((at + shift) * 37) % 101) / 101;
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[at] = 0n;
    else data[at] = value;
  }
  return { dtype, shape, data } as Tensor;
}
