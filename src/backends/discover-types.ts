// Types of every value of a model, from instrumented runs at batch 1 and 2: what the second run doubles is the batch axis.
import { dtypes, type NumericDType } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import { messageOf, UserError } from '../base/user-error.js';
import type { Dimension, Model, ValueInfo } from '../graph/graph.js';
import type { TypedModel, ValueType } from '../graph/typed-model.js';
import { type Results, type Runtime, RuntimeError } from '../program/session.js';
import { foldedValues } from './fold-values.js';
import { probe, runInstrumented } from './instrument.js';
import { sameRows } from './same-rows.js';

/**
 * @param file the model's file, for errors
 * @throws UserError UNSUPPORTED_MODEL where the model has several inputs, open dimensions besides the batch, or does not run
 */
export async function discoverTypes(model: Model, file: string, runtime: Runtime): Promise<TypedModel> {
  const input = dataInput(model, file);
  const single = await runInstrumented(
    model,
    runtime,
    probe(input.dtype, 1, input.rest, 0),
    input.name,
  ).catch((reason) => {
    if (input.stated > 1) throw fixedBatch(file, input.stated);
    throw unsupported(file, `ONNX Runtime cannot run it: ${messageOf(reason)}`);
  });
  const double = await runBatched(model, runtime, input, single);
  if (double === undefined && input.stated > 1) throw fixedBatch(file, input.stated);
  const types = new Map<string, ValueType>();
  for (const [name, { dtype, shape }] of Object.entries(single)) {
    types.set(name, { dtype, shape: openShape(shape, double?.[name]?.shape ?? shape) });
  }
  for (const [name, { dtype, shape }] of model.graph.constants) types.set(name, { dtype, shape });
  const batch = double === undefined ? 1 : 'batch';
  const inputType = { dtype: input.dtype, shape: [batch, ...input.rest] };
  types.set(input.name, inputType);
  const output = firstOutput(model, types, file);
  const folded = foldedValues(model, single, double);
  return {
    ...model,
    types,
    folded,
    batched: double !== undefined,
    input: { name: input.name, ...inputType },
    output,
  };
}

type DataInput = {
  readonly name: string;
  readonly dtype: NumericDType;
  readonly rest: readonly number[];
  /** Batch size that the file states; 1 where it is open. */
  readonly stated: number;
};

function dataInput(model: Model, file: string): DataInput {
  const [first, ...others] = model.graph.inputs;
  if (first === undefined || others.length > 0) {
    const names = model.graph.inputs.map(({ name }) => `"${name}"`).join(', ');
    throw unsupported(
      file,
      `it has ${model.graph.inputs.length} inputs${names && ` (${names})`}; one is supported so far`,
    );
  }
  const { dtype, shape } = first;
  if (dtype === undefined || !(dtype in dtypes) || shape === undefined || shape.length === 0) {
    throw unsupported(
      file,
      `input "${first.name}" is not a tensor of known rank, with the batch as its first dimension`,
    );
  }
  const stated = typeof shape[0] === 'number' ? shape[0] : 1;
  return { name: first.name, dtype: dtype as NumericDType, rest: fixedRest(first, shape, file), stated };
}

function fixedRest(info: ValueInfo, shape: readonly Dimension[], file: string): number[] {
  return shape.slice(1).map((dim) => {
    if (typeof dim === 'number') return dim;
    throw unsupported(
      file,
      `input "${info.name}" has an open dimension besides the batch: [${shape.map((d) => d ?? '?').join(', ')}]`,
    );
  });
}

const unsupported = (
  where: string,
  problem: string,
  hint = 'export the model with one input [batch, ...fixed dimensions]',
): UserError => new UserError('UNSUPPORTED_MODEL', { where, problem, hint });

const fixedBatch = (file: string, size: number): UserError =>
  unsupported(
    file,
    `its input's first dimension is fixed at ${size}: not a batch, or one that cannot be run with any other size`,
    'export the model with a batch size of 1, or with an open one, as the first dimension',
  );

/** The run at batch 2, or undefined where the model fixes its batch size or mixes the rows of a batch. */
async function runBatched(
  model: Model,
  runtime: Runtime,
  input: DataInput,
  first: Results,
): Promise<Results | undefined> {
  try {
    const double = await runInstrumented(model, runtime, probe(input.dtype, 2, input.rest, 0), input.name);
    const size = input.rest.reduce((product, dim) => product * dim, 1);
    const second = await runInstrumented(model, runtime, probe(input.dtype, 1, input.rest, size), input.name);
    const outputs = model.graph.outputs.map(({ name }) => name);
    const independent = outputs.every((name) => sameRows(double[name], first[name], second[name]));
    return independent && Object.keys(first).every((name) => scales(first[name], double[name]))
      ? double
      : undefined;
  } catch (error) {
    if (error instanceof RuntimeError) return undefined;
    throw error;
  }
}

/** Whether a value of two rows has every dimension of the one of one row, or its double: nothing else can be typed. */
const scales = (single: Tensor | undefined, double: Tensor | undefined): boolean =>
  single !== undefined &&
  double?.shape.length === single.shape.length &&
  single.shape.every((dim, axis) => double.shape[axis] === dim || double.shape[axis] === 2 * dim);

const openShape = (single: readonly number[], double: readonly number[]): (number | string)[] =>
  single.map((dim, axis) => (double[axis] === dim ? dim : dim === 1 ? 'batch' : `batch*${dim}`));

function firstOutput(model: Model, types: ReadonlyMap<string, ValueType>, file: string) {
  const name = model.graph.outputs[0]?.name;
  const type = name === undefined ? undefined : types.get(name);
  if (name === undefined || type === undefined) throw unsupported(file, 'its first output is not a tensor');
  return { name, ...type };
}
