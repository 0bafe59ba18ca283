// One run of a model that reports every value on the way: from it come types that the file does not state.
import { dtypes, isFloat, type NumericDType } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import type { Model, ValueInfo } from '../graph/graph.js';
import { encodeModel } from '../program/emit.js';
import type { Feeds, Results, Runtime } from '../program/session.js';

/** Whether leading dimensions of inputs may be any number of rows, or are what the file states. */
export type Leading = 'any batch' | 'as stated';

/** The model with every node's outputs as outputs of the graph. */
export function instrumented(model: Model, leading: Leading): Model {
  const { graph } = model;
  const names = new Set(graph.outputs.map(({ name }) => name));
  const produced = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => name !== '' && !names.has(name));
  const open = (info: ValueInfo): ValueInfo => ({
    ...info,
    shape: info.shape && (info.shape.length === 0 ? [] : ['batch', ...info.shape.slice(1)]),
  });
  const inputs = leading === 'as stated' ? graph.inputs : graph.inputs.map(open);
  const untyped = (name: string): ValueInfo => ({ name, dtype: undefined, shape: undefined });
  return {
    ...model,
    graph: { ...graph, inputs, outputs: [...names, ...produced].map(untyped) },
  };
}

/** Every value of the model for one set of inputs. */
export async function runInstrumented(
  model: Model,
  runtime: Runtime,
  feeds: Feeds,
  leading: Leading,
): Promise<Results> {
  const session = await runtime.open(encodeModel(instrumented(model, leading)), 'disabled');
  return session.run(feeds);
}

/** Small distinct values, so that rows can be told apart; of integers 0 and 1, which most tables have. */
export function probe(dtype: NumericDType, shape: readonly number[], shift: number): Tensor {
  const data = new dtypes[dtype].array(sizeOf(shape));
  for (let at = 0; at < data.length; at++) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[at] = BigInt((at + shift) % 2);
    else data[at] = isFloat(dtype) ? (((at + shift) * 37) % 101) / 101 : (at + shift) % 2;
  }
  return { dtype, shape, data } as Tensor;
}
