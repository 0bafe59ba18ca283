// Model -> program: every node becomes values of the array language, or is passed on as it stands.
import type { Tensor } from '../base/tensor.js';
import type { Node } from '../graph/graph.js';
import { instanceOf } from '../graph/instance.js';
import type { TypedModel } from '../graph/typed-model.js';
import { variationOf } from '../graph/varying.js';
import type { Program } from '../program/program.js';
import { ProgramError } from '../program/program-error.js';
import { reachable, type Value } from '../program/value.js';
import { mapper } from '../program/vmap.js';
import { asInput, inputParts } from './input-values.js';
import { type NodeContext, NotLowered } from './operator.js';
import { operatorOf } from './operators/index.js';
import { passOn } from './pass-on.js';

export type Lowered = {
  /** By name in the model; only tensors. */
  readonly values: ReadonlyMap<string, Value>;
  /** The model's first output. */
  readonly output: Value;
};

/** What rules are told about a node, whichever of them is asked. */
export function nodeContext(p: Program, model: TypedModel, node: Node, index = 0): NodeContext {
  const output = model.types.get(node.outputs[index] ?? '');
  if (output === undefined)
    throw new NotLowered(`node "${node.name}" (${node.type}): its result is not a tensor`);
  const constant = (position: number): Tensor | undefined => {
    const name = node.inputs[position] ?? '';
    return model.graph.constants.get(name) ?? model.folded.get(name);
  };
  return { p, node, opset: node.opset ?? model.opsets.get(node.domain) ?? 1, index, output, constant };
}

/**
 * Lowers the whole model for rows of data [batch, ...features]. A file without a batch axis is lowered for one row, and the
 * program mapped over the rows; so is one whose shape arithmetic depends on the size of the batch, where that helps.
 * @throws UserError UNSUPPORTED_MODEL where a node cannot even be passed on
 * @throws ProgramError where the batch is open, the file has no batch axis, and a node cannot be mapped over rows
 */
export function lowerModel(p: Program, model: TypedModel, input: Value): Lowered {
  if (input.shape[0] === 1) return lowerRows(p, instanceOf(model), input);
  if (!model.batched) return lowerMapped(p, model, input);
  const lowered = lowerRows(p, model, input);
  if (!hasForeign(lowered)) return lowered;
  const row = lowerRows(p, instanceOf(model), rowPlaceholder(p, input));
  return hasForeign(row) ? lowered : lowerMapped(p, instanceOf(model), input);
}

function lowerMapped(p: Program, model: TypedModel, input: Value): Lowered {
  const row = rowPlaceholder(p, input);
  const lowered = lowerRows(p, model, row);
  const mapped = mapRows(p, new Map([[row, input]]));
  return {
    values: new Map([...lowered.values].map(([name, value]) => [name, mapped(value)])),
    output: mapped(lowered.output),
  };
}

const hasForeign = ({ output }: Lowered): boolean =>
  reachable([output]).some(({ foreign }) => foreign !== undefined);

/** Stands for one row while a program is built that will be mapped over rows. */
export const rowPlaceholder = (p: Program, { dtype, shape }: Value, role = 'row'): Value =>
  p.input(`#${role} ${dtype}[${shape.slice(1).join()}]`, dtype, [1, ...shape.slice(1)]);

/** Values of one row -> the same for all rows, [batch, ...value]; a leading 1 of the value's own is dropped. */
export function mapRows(p: Program, rows: ReadonlyMap<Value, Value>): (value: Value) => Value {
  const wide = [...rows].map(([row, all]): [Value, Value] => [
    row,
    p.reshape(all, [all.shape[0] ?? 1, ...row.shape]),
  ]);
  const [like] = wide.map(([, all]) => all);
  const map = mapper(p, new Map(wide));
  return (value) => {
    const found = map(value);
    const all = found.mapped || like === undefined ? found.value : p.repeatLike(found.value, like);
    const [batch = 1, first, ...rest] = all.shape;
    if (first === undefined) return p.reshape(all, [batch, 1]);
    return first === 1 && rest.length > 0 ? p.reshape(all, [batch, ...rest]) : all;
  };
}

function lowerRows(p: Program, model: TypedModel, input: Value): Lowered {
  const values = new Map<string, Value>(
    inputParts(p, model, input).map((part) => [part.input.name, asInput(p, part)]),
  );
  const constant = (name: string): Value | undefined => {
    const found = model.graph.constants.get(name) ?? model.folded.get(name);
    return found && p.constant(found);
  };
  const lookUp = (name: string) => values.get(name) ?? constant(name);
  const { varying } = variationOf(model.graph);
  for (const node of model.graph.nodes) {
    if (node.outputs.every((name) => name === '' || model.folded.has(name))) continue;
    // Rules trust the shapes of one run, which do not hold for values whose shape depends on data.
    const rule = [...node.inputs, ...node.outputs].some((name) => varying.has(name)) ? passOn : lowerNode;
    rule(p, model, node, lookUp).forEach((value, at) => {
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
  lookUp: (name: string) => Value | undefined,
): readonly (Value | undefined)[] {
  const operator = operatorOf(node.type, node.domain);
  if (operator === undefined || (operator.outputs !== 'each' && node.outputs.filter(Boolean).length > 1))
    return passOn(p, model, node, lookUp);
  const inputs = node.inputs.map(lookUp);
  try {
    return node.outputs.map((name, index) =>
      name === '' ? undefined : operator.lower({ ...nodeContext(p, model, node, index), inputs }),
    );
  } catch (error) {
    if (error instanceof NotLowered || error instanceof ProgramError) return passOn(p, model, node, lookUp);
    throw error;
  }
}
