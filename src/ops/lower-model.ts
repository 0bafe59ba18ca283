// Model -> program: every node becomes values of the array language, or is passed on as it stands.
import type { Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { Node } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Program } from '../program/program.js';
import { ProgramError } from '../program/program-error.js';
import type { Value } from '../program/value.js';
import { type NodeContext, NotLowered } from './operator.js';
import { operatorOf } from './operators/index.js';

export type Lowered = {
  /** By name in the model; only tensors. */
  readonly values: ReadonlyMap<string, Value>;
  /** The model's first output. */
  readonly output: Value;
};

/** What rules are told about a node, whichever of them is asked. */
export function nodeContext(p: Program, model: TypedModel, node: Node, index = 0): NodeContext {
  const output = model.types.get(node.outputs[index] ?? '');
  if (output === undefined) throw new NotLowered(`node "${node.name}" has no tensor output ${index}`);
  const constant = (position: number): Tensor | undefined => {
    const name = node.inputs[position] ?? '';
    return model.graph.constants.get(name) ?? model.folded.get(name);
  };
  return { p, node, opset: model.opsets.get(node.domain) ?? 1, index, output, constant };
}

/** Lowers the whole model for an input value [batch, ...]. Throws UserError UNSUPPORTED_MODEL where a node cannot even be passed on. */
export function lowerModel(p: Program, model: TypedModel, input: Value): Lowered {
  const values = new Map<string, Value>([[model.input.name, input]]);
  const constant = (name: string): Value | undefined => {
    const found = model.graph.constants.get(name) ?? model.folded.get(name);
    return found && p.constant(found);
  };
  const lookUp = (name: string) => values.get(name) ?? constant(name);
  for (const node of model.graph.nodes) {
    if (node.outputs.every((name) => name === '' || model.folded.has(name))) continue;
    lowerNode(p, model, node, node.inputs.map(lookUp)).forEach((value, at) => {
      const name = node.outputs[at];
      if (name && value !== undefined) values.set(name, value);
    });
  }
  const output = lookUp(model.output.name);
  if (output === undefined) throw new ProgramError(`output ${model.output.name} was not lowered`);
  return { values, output };
}

function lowerNode(
  p: Program,
  model: TypedModel,
  node: Node,
  inputs: readonly (Value | undefined)[],
): readonly (Value | undefined)[] {
  const operator = operatorOf(node.type, node.domain);
  if (operator === undefined || (operator.outputs !== 'each' && node.outputs.filter(Boolean).length > 1))
    return passOn(p, model, node, inputs);
  try {
    return node.outputs.map((name, index) =>
      name === '' ? undefined : operator.lower({ ...nodeContext(p, model, node, index), inputs }),
    );
  } catch (error) {
    if (error instanceof NotLowered || error instanceof ProgramError) return passOn(p, model, node, inputs);
    throw error;
  }
}

/** A node without a rule runs on ONNX Runtime as the file has it. */
function passOn(
  p: Program,
  model: TypedModel,
  node: Node,
  inputs: readonly (Value | undefined)[],
): readonly Value[] {
  const problem = obstacle(model, node, inputs);
  if (problem !== undefined) {
    throw new UserError('UNSUPPORTED_MODEL', {
      where: `node "${node.name}" (${node.type})`,
      problem,
      hint: 'this model can be inspected and run, but neither fuzzed nor bounded yet',
    });
  }
  const outputs = node.outputs.map(
    (name) => model.types.get(name) ?? { dtype: 'float32' as const, shape: [] },
  );
  const given = node.inputs.map((name) => name !== '');
  return p.opaque(
    { ...node, given, outputs },
    inputs.filter((value) => value !== undefined),
  );
}

function obstacle(model: TypedModel, node: Node, inputs: readonly (Value | undefined)[]): string | undefined {
  if (node.inputs.some((name, at) => name !== '' && inputs[at] === undefined))
    return 'one of its inputs is not a tensor';
  if (node.outputs.some((name) => name !== '' && !model.types.has(name)))
    return 'one of its outputs is not a tensor';
  const kinds = [...node.attributes.values()].map(({ kind }) => kind);
  if (kinds.includes('graph') || kinds.includes('graphs')) return 'it contains a graph of its own';
  return undefined;
}
