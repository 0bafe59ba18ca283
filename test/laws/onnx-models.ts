// Random models for laws: recipes that fast-check draws and shrinks, built into graphs whose nodes read only
// what is before them or around them.
import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { byteLength, type DType, dtypes, type NumericDType } from '../../src/base/dtype.js';
import { sizeOf } from '../../src/base/shape.js';
import { type Tensor, tensor } from '../../src/base/tensor.js';
import type { Attribute, Dimension, Graph, Model, Node, ValueInfo } from '../../src/graph/graph.js';
import { dataTypes } from '../../src/onnx/dtypes.js';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
} from '../onnx-proto/onnx_pb.js';

/** Strict equality tells objects with and without a prototype apart. */
const record = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(fields, { noNullPrototype: true });

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const dtype = fc.constantFrom(...(Object.keys(dataTypes) as DType[]));
const shape = fc.array(fc.nat(4), { maxLength: 3 });

const numbers = (type: NumericDType, dims: number[]): fc.Arbitrary<Tensor> => {
  const size = byteLength(type, sizeOf(dims));
  return fc
    .uint8Array({ minLength: size, maxLength: size })
    .map((bytes) => tensor(type, dims, new dtypes[type].array(new Uint8Array(bytes).buffer)));
};

const strings = (dims: number[]): fc.Arbitrary<Tensor> =>
  fc
    .array(text, { minLength: sizeOf(dims), maxLength: sizeOf(dims) })
    .map((data) => tensor('string', dims, data));

export const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(dtype, shape)
  .chain(([type, dims]) => (type === 'string' ? strings(dims) : numbers(type, dims)));

const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  // Three of them stay below the greatest number of elements that an input may have.
  fc.nat(600),
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constant(undefined),
);
const valueType = record({
  dtype: fc.option(dtype, { nil: undefined }),
  shape: fc.option(fc.array(dimension, { maxLength: 3 }), { nil: undefined }),
});

const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const int = fc.maxSafeInteger();
const float = fc.float();

const flatAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  record({ kind: fc.constant('int' as const), value: int }),
  record({ kind: fc.constant('float' as const), value: float }),
  record({ kind: fc.constant('string' as const), value: text }),
  record({ kind: fc.constant('tensor' as const), value: anyTensor }),
  record({ kind: fc.constant('ints' as const), value: list(int) }),
  record({ kind: fc.constant('floats' as const), value: list(float) }),
  record({ kind: fc.constant('strings' as const), value: list(text) }),
  record({ kind: fc.constant('tensors' as const), value: list(anyTensor) }),
);

type AttributeRecipe =
  | Attribute
  | { readonly kind: 'branches'; readonly several: boolean; readonly value: readonly GraphRecipe[] }
  | { readonly kind: 'typeProto'; readonly denotation: string };
type NodeRecipe = {
  readonly type: string;
  readonly domain: string;
  /** Which of the values before it a node reads, counted around; 0 omits the input. */
  readonly picks: readonly number[];
  readonly outputs: number;
  readonly attributes: readonly AttributeRecipe[];
};
type GraphRecipe = {
  readonly name: string;
  readonly inputs: readonly Omit<ValueInfo, 'name'>[];
  readonly constants: readonly Tensor[];
  readonly nodes: readonly NodeRecipe[];
  readonly outputs: readonly number[];
};

const graphRecipe = (depth: number): fc.Arbitrary<GraphRecipe> =>
  record({
    name: text,
    inputs: list(valueType),
    constants: list(anyTensor),
    nodes: fc.array(nodeRecipe(depth), { maxLength: depth + 2 }),
    outputs: list(fc.nat(100)),
  });

const nodeRecipe = (depth: number): fc.Arbitrary<NodeRecipe> =>
  record({
    type: fc.constantFrom('Relu', 'Gemm', 'If', 'Größer'),
    domain: fc.constantFrom('', 'ai.onnx.ml', 'com.example'),
    picks: list(fc.nat(20)),
    outputs: fc.nat(2),
    attributes: list(attributeRecipe(depth)),
  });

function attributeRecipe(depth: number): fc.Arbitrary<AttributeRecipe> {
  const typeProto = record({ kind: fc.constant('typeProto' as const), denotation: text });
  if (depth === 0) return fc.oneof(flatAttribute, typeProto);
  const branches = fc
    .tuple(fc.boolean(), fc.array(graphRecipe(depth - 1), { minLength: 1, maxLength: 2 }))
    .map(([several, value]) => ({ kind: 'branches' as const, several, value }));
  return fc.oneof({ weight: 4, arbitrary: flatAttribute }, typeProto, branches);
}

/** @param around names that the graph's nodes may read beside its own */
function buildGraph(recipe: GraphRecipe, prefix: string, around: readonly string[]): Graph {
  const inputs = recipe.inputs.map((type, index) => ({ name: `${prefix}in${index}`, ...type }));
  const constants = new Map(recipe.constants.map((data, index) => [`${prefix}w${index}`, data]));
  const known = [...around, ...inputs.map(({ name }) => name), ...constants.keys()];
  const nodes: Node[] = [];
  for (const [index, node] of recipe.nodes.entries()) {
    const built = buildNode(node, `${prefix}node${index}`, known);
    nodes.push(built);
    known.push(...built.outputs);
  }
  const outputs = known.length === 0 ? [] : recipe.outputs.map((pick) => known[pick % known.length] ?? '');
  const untyped = { dtype: undefined, shape: undefined };
  return {
    name: recipe.name,
    inputs,
    constants,
    nodes,
    outputs: outputs.map((name) => ({ name, ...untyped })),
  };
}

function buildNode(
  { type, domain, picks, ...recipe }: NodeRecipe,
  name: string,
  known: readonly string[],
): Node {
  const readable = ['', ...known];
  const attributes = recipe.attributes.map((attribute, index): [string, Attribute] => {
    const key = `attr${index}`;
    return [key, buildAttribute(attribute, key, `${name}.${key}.`, known)];
  });
  return {
    name,
    type,
    domain,
    inputs: picks.map((pick) => readable[pick % readable.length] ?? ''),
    outputs: Array.from({ length: recipe.outputs }, (_, index) => `${name}:${index}`),
    attributes: new Map(attributes),
  };
}

function buildAttribute(
  recipe: AttributeRecipe,
  key: string,
  prefix: string,
  known: readonly string[],
): Attribute {
  if (recipe.kind === 'typeProto') {
    const type = AttributeType.TYPE_PROTO;
    const proto = create(AttributeProtoSchema, { name: key, type, tp: { denotation: recipe.denotation } });
    return { kind: 'opaque', value: toBinary(AttributeProtoSchema, proto) };
  }
  if (recipe.kind !== 'branches') return recipe;
  const graphs = recipe.value.map((graph, index) => buildGraph(graph, `${prefix}${index}.`, known));
  const [first] = graphs;
  return first === undefined || recipe.several
    ? { kind: 'graphs', value: graphs }
    : { kind: 'graph', value: first };
}

const functionBytes = fc.tuple(text, text).map(([name, domain]) => {
  const body = { node: [{ opType: 'Relu', input: ['x'], output: ['y'] }], input: ['x'], output: ['y'] };
  return toBinary(FunctionProtoSchema, create(FunctionProtoSchema, { name, domain, ...body }));
});

/** Models as the decoder gives them: names unique, nodes in order, operator sets present. */
export const anyModel: fc.Arbitrary<Model> = fc
  .record({
    graph: graphRecipe(2),
    irVersion: fc.integer({ min: 1, max: 13 }),
    opset: fc.integer({ min: 1, max: 25 }),
    others: fc.dictionary(fc.constantFrom('ai.onnx.ml', 'com.example'), fc.integer({ min: 1, max: 9 })),
    producer: text,
    functions: list(functionBytes),
  })
  .map(({ graph, opset, others, ...rest }) => ({
    ...rest,
    graph: buildGraph(graph, '', []),
    opsets: new Map([['', opset], ...Object.entries(others)]),
  }));
