// What products of models are made of: models under names of their own, and their outputs side by side.
import { int64, type Tensor } from '../base/tensor.js';
import { UserError } from '../base/user-error.js';
import type { Graph, Node } from './graph.js';
import { instanceOf } from './instance.js';
import { type Rename, renamed } from './rename.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** A part of the product under names of its own. */
export type Part = {
  readonly graph: Pick<Graph, 'inputs' | 'constants' | 'nodes'>;
  readonly types: ReadonlyMap<string, ValueType>;
  readonly folded: ReadonlyMap<string, Tensor>;
  readonly output: Named;
};

export type Named = { readonly name: string } & ValueType;
export type Models = readonly [TypedModel, ...TypedModel[]];

const product = 'product';
/** Of the nodes that are added. */
const ownOpset = 13;

/**
 * The parts as one model, whose output is theirs, flat, one after the other.
 * @param models those of the parts, for what a file says of itself
 * @param where for errors
 * @throws UserError UNSUPPORTED_MODEL where outputs differ in type
 */
export function joined(
  parts: readonly Part[],
  models: readonly TypedModel[],
  input: Named,
  where: string,
): TypedModel {
  const batched = models.every((model) => model.batched);
  const dtype = parts[0]?.output.dtype ?? 'float32';
  if (parts.some(({ output }) => output.dtype !== dtype))
    throw unsupported(where, 'the first outputs of the networks differ in type');
  const flat = parts.map((part) => flattened(part, batched));
  const sizes = flat.map(({ output }) => Number(output.shape[1]));
  const output = { name: product, dtype, shape: [batched ? 'batch' : 1, sum(sizes)] };
  const names = flat.map((part) => part.output.name);
  const concatenation = nodeOf('Concat', names, product, 1);
  return {
    graph: {
      name: product,
      inputs: flat.flatMap(({ graph }) => graph.inputs),
      outputs: [output],
      constants: new Map(flat.flatMap(({ graph }) => [...graph.constants])),
      nodes: [...flat.flatMap(({ graph }) => graph.nodes), concatenation],
    },
    irVersion: Math.max(...models.map(({ irVersion }) => irVersion)),
    opsets: new Map([...models.flatMap(({ opsets }) => [...opsets]), ['', ownOpset]]),
    producer: 'marauder',
    functions: [],
    types: new Map([...flat.flatMap(({ types }) => [...types]), [product, output]]),
    folded: new Map(flat.flatMap(({ folded }) => [...folded])),
    batched,
    input,
    output,
  };
}

/** Models of one row, for products with one that has no batch. */
export function rowsOf([first, ...others]: Models): Models {
  const asRow = (model: TypedModel): TypedModel => ({ ...instanceOf(model), batched: false });
  return [asRow(first), ...others.map(asRow)];
}

export function separate(model: TypedModel, at: number): Part {
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
export function reshape(from: Named, to: Named, batched: boolean) {
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

export const nodeOf = (type: string, inputs: readonly string[], output: string, axis?: number): Node => ({
  name: `${output}/${type}`,
  type,
  domain: '',
  inputs,
  outputs: [output],
  attributes: new Map(axis === undefined ? [] : [['axis', { kind: 'int', value: axis }]]),
  opset: ownOpset,
});

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

export const elements = (shape: ValueType['shape']): number =>
  shape.reduce<number>((size, dim) => size * Number(dim), 1);

export const unsupported = (where: string, problem: string): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where,
    problem,
    hint: 'networks are joined where each has one input and float scores of the same type first',
  });
