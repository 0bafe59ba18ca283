// Types of every value of a model, from instrumented runs at batch 1 and 2: what the second run doubles is the batch axis.
import { dtypes, isFloat, type NumericDType } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { messageOf, UserError } from '../base/user-error.js';
import type { Dimension, Model, ValueInfo } from '../graph/graph.js';
import type { TypedModel, ValueType } from '../graph/typed-model.js';
import { variationOf } from '../graph/varying.js';
import { type Feeds, type Results, type Runtime, RuntimeError } from '../program/session.js';
import { foldedValues } from './fold-values.js';
import { probe, runInstrumented } from './instrument.js';
import { sameRows } from './same-rows.js';

/**
 * @param file the model's file, for errors
 * @throws UserError UNSUPPORTED_MODEL where an input is no tensor of numbers, has open dimensions besides the batch, or the
 * model does not run
 */
export async function discoverTypes(model: Model, file: string, runtime: Runtime): Promise<TypedModel> {
  const inputs = dataInputs(model, file);
  const { single, double } = (await runAsBatch(model, runtime, inputs)) ?? {
    single: await runAsStated(model, runtime, inputs, file),
    double: undefined,
  };
  const types = new Map<string, ValueType>();
  for (const [name, { dtype, shape }] of Object.entries(single)) {
    types.set(name, { dtype, shape: openShape(shape, double?.[name]?.shape ?? shape) });
  }
  for (const [name, { dtype, shape }] of model.graph.constants) types.set(name, { dtype, shape });
  const batched = double !== undefined;
  for (const { name, dtype, shape } of inputs)
    types.set(name, { dtype, shape: batched ? ['batch', ...shape.slice(1)] : shape });
  return {
    ...model,
    types,
    folded: independent(model, foldedValues(model, single, double)),
    batched,
    input: rowsOf(inputs, batched),
    output: mainOutput(model, types, batched, file),
  };
}

/** Without what only looks constant: sizes of values whose shape depends on data, which is the same in both runs. */
function independent({ graph }: Model, folded: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const { dependent } = variationOf(graph);
  return new Map([...folded].filter(([name]) => !dependent.has(name)));
}

/** An input as the file states it; an open leading dimension is 1. */
type DataInput = { readonly name: string; readonly dtype: NumericDType; readonly shape: readonly number[] };

/** Types into which rows of float32 are not converted. */
const heldAsBits: ReadonlySet<string> = new Set([
  'float16',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'int4',
  'uint4',
]);

function dataInputs({ graph }: Model, file: string): DataInput[] {
  if (graph.inputs.length === 0)
    throw unsupported(file, 'it has no inputs', 'export the model with its data as an input');
  return graph.inputs.map((info) => {
    const { name, dtype, shape } = info;
    if (dtype === undefined || !(dtype in dtypes) || shape === undefined)
      throw unsupported(file, `input "${name}" is not a tensor of numbers of known rank`);
    if (heldAsBits.has(dtype))
      throw unsupported(file, `input "${name}" has type ${dtype}`, 'export the model with a float32 input');
    const [first, ...rest] = shape.map((dim, axis) => staticSize(dim, axis, info, file));
    return {
      name,
      dtype: dtype as NumericDType,
      shape: first === undefined ? [] : [first, ...rest],
    };
  });
}

/** An open leading dimension is the batch. */
function staticSize(dim: Dimension, axis: number, { name, shape = [] }: ValueInfo, file: string): number {
  if (typeof dim === 'number') return dim;
  if (axis === 0) return 1;
  const shown = shape.map((size) => size ?? '?').join(', ');
  throw unsupported(
    file,
    `input "${name}" has an open dimension besides the batch: [${shown}]`,
    'export the model with fixed dimensions besides the batch',
  );
}

/** Rows of data: one input's features, or all inputs' elements in one vector. */
function rowsOf(inputs: readonly DataInput[], batched: boolean): TypedModel['input'] {
  const [only, ...others] = inputs;
  const leading = batched ? 'batch' : 1;
  if (only !== undefined && others.length === 0)
    return {
      name: only.name,
      dtype: 'float32',
      shape: [leading, ...(hasBatchAxis(only, batched) ? only.shape.slice(1) : only.shape)],
    };
  const sizes = inputs.map(({ shape }) => sizeOf(shape));
  return {
    name: inputs.map(({ name }) => name).join(', '),
    dtype: 'float32',
    shape: [leading, sizes.reduce((sum, size) => sum + size, 0)],
  };
}

/** A vector [1] is a single feature, unless it was found to be a batch. */
const hasBatchAxis = ({ shape }: DataInput, batched: boolean): boolean =>
  batched || (shape[0] === 1 && shape.length > 1);

const unsupported = (
  where: string,
  problem: string,
  hint = 'export the model so that its inputs are tensors [batch, ...fixed dimensions]',
): UserError => new UserError('UNSUPPORTED_MODEL', { where, problem, hint });

/** Inputs with `rows` in place of the leading dimension, or as stated; different values for different `shift`. */
const probes = (inputs: readonly DataInput[], rows: number | undefined, shift = 0): Feeds =>
  Object.fromEntries(
    inputs.map(({ name, dtype, shape: [stated, ...rest] }) => {
      const leading = rows ?? stated;
      const shape = leading === undefined ? [] : [leading, ...rest];
      return [name, probe(dtype, shape, shift * sizeOf(rest))];
    }),
  );

const runAsStated = (model: Model, runtime: Runtime, inputs: readonly DataInput[], file: string) =>
  runInstrumented(model, runtime, probes(inputs, undefined), 'as stated').catch((reason) => {
    throw unsupported(file, `ONNX Runtime cannot run it: ${messageOf(reason)}`);
  });

/** Runs of one and of two rows, or undefined where the leading dimension is no batch of independent rows. */
async function runAsBatch(
  model: Model,
  runtime: Runtime,
  inputs: readonly DataInput[],
): Promise<{ single: Results; double: Results } | undefined> {
  const [first] = inputs;
  if (inputs.some(({ shape }) => shape[0] === undefined || shape[0] !== first?.shape[0])) return undefined;
  try {
    const run = (feeds: Feeds) => runInstrumented(model, runtime, feeds, 'any batch');
    const single = await run(probes(inputs, 1));
    const double = await run(probes(inputs, 2));
    const second = await run(probes(inputs, 1, 1));
    // Outputs that are no tensors, such as a classifier's maps, are not among the results.
    const outputs = model.graph.outputs.map(({ name }) => name).filter((name) => name in single);
    const independent = outputs.every((name) => sameRows(double[name], single[name], second[name]));
    return independent && Object.keys(single).every((name) => scales(single[name], double[name]))
      ? { single, double }
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

/**
 * The first output of floats, because classifiers may give a label first; else the first tensor. Its leading dimension is that
 * of the rows, even where the file's has none.
 */
function mainOutput({ graph }: Model, types: ReadonlyMap<string, ValueType>, batched: boolean, file: string) {
  const typed = graph.outputs.flatMap(({ name }) => {
    const type = types.get(name);
    return type === undefined ? [] : [{ name, ...type }];
  });
  const main = typed.find(({ dtype }) => isFloat(dtype)) ?? typed[0];
  if (main === undefined) throw unsupported(file, 'none of its outputs is a tensor');
  const [first, ...rest] = main.shape;
  const hasRows = batched || (first === 1 && rest.length > 0);
  return hasRows ? main : { ...main, shape: [1, ...(main.shape.length === 0 ? [1] : main.shape)] };
}
