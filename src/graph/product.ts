// Several models as one: what is said of all of them together is said of its outputs.
import { int64, type Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { Graph, Node } from './graph.js';
import { instanceOf } from './instance.js';
import { type Rename, renamed } from './rename.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** A part of the product under names of its own. */
type Part = {
  readonly graph: Pick<Graph, 'inputs' | 'constants' | 'nodes'>;
  readonly types: ReadonlyMap<string, ValueType>;
  readonly folded: ReadonlyMap<string, Tensor>;
  /** Flat: [batch, elements]. */
  readonly output: Named;
};

type Named = { readonly name: string } & ValueType;
type Models = readonly [TypedModel, ...TypedModel[]];

const product = 'product';
/** Of the nodes that are added. */
const ownOpset = 13;

/**
 * For a row of data, which all read, the outputs of all models, flat, one after the other. Values keep their names, behind `0/`, `1/`, ... of their
 * model, and nodes their operator sets: the product can be lowered and bounded, but is no file.
 * @param where for errors
 * @throws UserError UNSUPPORTED_MODEL where outputs differ in type, or inputs cannot be shared
 */
export function productOf(given: Models, where: string): TypedModel {
  const batched = given.every((model) => model.batched);
  const [first, ...others] = batched ? given : rowsOf(given);
  const parts = [
    separate(first, 0),
    ...others.map((model, at) => fed(separate(model, at + 1), model, at + 1, first, where)),
  ];
  const { dtype } = first.output;
  if (others.some(({ output }) => output.dtype !== dtype))
    throw unsupported(where, 'the first outputs of the networks differ in type');
  const flat = parts.map((part) => flattened(part, batched));
  const sizes = flat.map(({ output }) => Number(output.shape[1]));
  const output = { name: product, dtype, shape: [batched ? 'batch' : 1, sum(sizes)] };
  const concatenation = nodeOf(
    'Concat',
    flat.map((part) => part.output.name),
    product,
    1,
  );
  return {
    graph: {
      name: product,
      inputs: flat.flatMap(({ graph }) => graph.inputs),
      outputs: [output],
      constants: new Map(flat.flatMap(({ graph }) => [...graph.constants])),
      nodes: [...flat.flatMap(({ graph }) => graph.nodes), concatenation],
    },
    irVersion: Math.max(first.irVersion, ...others.map(({ irVersion }) => irVersion)),
    opsets: new Map([...[first, ...others].flatMap(({ opsets }) => [...opsets]), ['', ownOpset]]),
    producer: 'marauder',
    functions: [],
    types: new Map([...flat.flatMap(({ types }) => [...types]), [product, output]]),
    folded: new Map(flat.flatMap(({ folded }) => [...folded])),
    batched,
    input: { ...first.input, name: `0/${first.input.name}` },
    output,
  };
}

/** Models of one row, for products with one that has no batch. */
function rowsOf([first, ...others]: Models): Models {
  const asRow = (model: TypedModel): TypedModel => ({ ...instanceOf(model), batched: false });
  return [asRow(first), ...others.map(asRow)];
}

function separate(model: TypedModel, at: number): Part {
  const { graph, types, folded, output, opsets } = model;
  const rename: Rename = (name) => (name === '' ? '' : `${at}/${name}`);
  const keys = <T>(map: ReadonlyMap<string, T>) =>
    new Map([...map].map(([name, value]) => [rename(name), value]));
  const nodes = graph.nodes.map((node): Node => {
    const opset = node.opset ?? opsets.get(node.domain);
    return { ...renamed(node, rename), name: `${at}/${node.name}`, ...(opset !== undefined && { opset }) };
  });
  return {
    graph: {
      inputs: graph.inputs.map((info) => ({ ...info, name: rename(info.name) })),
      constants: keys(graph.constants),
      nodes,
    },
    types: keys(types),
    folded: keys(folded),
    output: { ...output, name: rename(output.name) },
  };
}

/** The part with the first model's data as its own, in the shape that it takes. */
function fed(part: Part, model: TypedModel, at: number, first: TypedModel, where: string): Part {
  const from = onlyInput(first, 0, where);
  const to = onlyInput(model, at, where);
  if (from.dtype !== to.dtype)
    throw unsupported(where, `one network takes ${from.dtype}, and another ${to.dtype}`);
  const { node, constants, types } = reshape(from, to, model.batched);
  return {
    ...part,
    graph: {
      inputs: [],
      constants: new Map([...part.graph.constants, ...constants]),
      nodes: [node, ...part.graph.nodes],
    },
    types: new Map([...part.types, ...types]),
  };
}

function onlyInput({ graph, types }: TypedModel, at: number, where: string): Named {
  const [only, ...others] = graph.inputs;
  const type = types.get(only?.name ?? '');
  if (only === undefined || type === undefined || others.length > 0)
    throw unsupported(where, 'a network has several inputs, which cannot be shared');
  return { name: `${at}/${only.name}`, ...type };
}

/** The part with its output as rows of elements. */
function flattened(part: Part, batched: boolean): Part {
  const { output, graph } = part;
  const features = elements(batched ? output.shape.slice(1) : output.shape);
  const to = { name: `${output.name}/flat`, dtype: output.dtype, shape: [batched ? 'batch' : 1, features] };
  const { node, constants, types } = reshape(output, to, batched);
  return {
    ...part,
    graph: {
      ...graph,
      constants: new Map([...graph.constants, ...constants]),
      nodes: [...graph.nodes, node],
    },
    types: new Map([...part.types, ...types]),
    output: to,
  };
}

/** A node from one value to another of as many elements. */
function reshape(from: Named, to: Named, batched: boolean) {
  const name = `${to.name}/shape`;
  const shape = int64(to.shape.map((dim, axis) => (batched && axis === 0 ? -1 : Number(dim))));
  return {
    node: nodeOf('Reshape', [from.name, name], to.name),
    constants: [[name, shape]] as const,
    types: [
      [name, { dtype: shape.dtype, shape: shape.shape }],
      [to.name, { dtype: to.dtype, shape: to.shape }],
    ] as const,
  };
}

const nodeOf = (type: string, inputs: readonly string[], output: string, axis?: number): Node => ({
  name: `${output}/${type}`,
  type,
  domain: '',
  inputs,
  outputs: [output],
  attributes: new Map(axis === undefined ? [] : [['axis', { kind: 'int', value: axis }]]),
  opset: ownOpset,
});

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

const elements = (shape: ValueType['shape']): number =>
  shape.reduce<number>((size, dim) => size * Number(dim), 1);

const unsupported = (where: string, problem: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where,
    problem,
    hint: 'networks are joined where each has one input and float scores of the same type first',
  });
