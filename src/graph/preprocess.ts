// Preprocessing as part of the model: ordinary nodes in front of it, so that bounds, search and replay all see one model
// whose input is in the units that the policy speaks of.
import type { Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import { allNames, freshName } from './fresh-names.js';
import type { Node, ValueInfo } from './graph.js';
import { type Preprocessing, type Step, statedShape, stepsOf } from './preprocessing.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** Sub and Div broadcast as NumPy does from this opset on. */
const leastOpset = 7;

/**
 * The model with the steps in front of its data input, whose name then is that of the last step's result; the model itself
 * where there are none.
 * @param where the policy's position, for errors
 * @throws UserError INVALID_POLICY where the steps do not fit the input, UNSUPPORTED_MODEL where the opset is too old
 */
export function preprocessed(model: TypedModel, how: Preprocessing, where: string): TypedModel {
  const steps = stepsOf(dataInput(model, where), how, where);
  if (steps.length === 0) return model;
  // A model of custom operators alone may import none of ONNX's own.
  const opset = model.opsets.get('') ?? leastOpset;
  if (opset < leastOpset) {
    const problem = `preprocess: the model has opset ${opset}, whose Mul, Sub and Div do not broadcast`;
    const hint = `convert the model to opset ${leastOpset} or later, or prepare the data beforehand`;
    throw new UserError('UNSUPPORTED_MODEL', { where, problem, hint });
  }
  const { input, graph } = model;
  const taken = allNames(graph);
  const given = freshName(`${input.name}_given`, taken);
  const front = chained(steps, given, input.name, taken);
  const type: ValueType = { dtype: 'float32', shape: statedShape(input.shape, how.layout) };
  const restated = (info: ValueInfo): ValueInfo =>
    info.name === input.name
      ? // The shape as the file has it, so that a batch size that it fixes stays fixed.
        { name: given, dtype: 'float32', shape: info.shape && statedShape(info.shape, how.layout) }
      : info;
  return {
    ...model,
    opsets: new Map([...model.opsets, ['', opset]]),
    graph: {
      ...graph,
      inputs: graph.inputs.map(restated),
      constants: new Map([...graph.constants, ...front.constants]),
      nodes: [...front.nodes, ...graph.nodes],
    },
    types: new Map([...model.types, ...front.types, [given, type]]),
    input: { name: given, ...type },
  };
}

/** The one input, in the type that the file has. */
function dataInput({ input, graph, types }: TypedModel, where: string): TypedModel['input'] {
  const type = types.get(input.name);
  if (graph.inputs.length === 1 && type?.shape.length === input.shape.length)
    return { ...input, dtype: type.dtype };
  throw new UserError('INVALID_POLICY', {
    where,
    problem: `preprocess: the model has ${graph.inputs.length === 1 ? 'no batch dimension' : 'several inputs'}`,
    hint: 'prepare the data beforehand',
  });
}

/** The steps one behind the other, from the value `first` to the value `last`. */
function chained(steps: readonly Step[], first: string, last: string, taken: Set<string>) {
  const nodes: Node[] = [];
  const constants: [string, Tensor][] = [];
  const types: [string, ValueType][] = [];
  let value = first;
  for (const [index, { word, type, constant, attribute, result }] of steps.entries()) {
    const inputs = [value];
    if (constant !== undefined) {
      const name = freshName(`preprocess_${word}`, taken);
      constants.push([name, constant]);
      types.push([name, { dtype: constant.dtype, shape: constant.shape }]);
      inputs.push(name);
    }
    value = index === steps.length - 1 ? last : freshName(`${last}_${word}`, taken);
    types.push([value, result]);
    const attributes = new Map(attribute === undefined ? [] : [attribute]);
    nodes.push({
      name: freshName(`preprocess_${type}`, taken),
      type,
      domain: '',
      inputs,
      outputs: [value],
      attributes,
    });
  }
  return { nodes, constants, types };
}
