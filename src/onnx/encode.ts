// Model -> bytes of an ONNX file. Equal models, in equal order, give equal bytes.
import { create, toBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../base/tensor.js';
import type { Attribute, Graph, Model } from '../graph/graph.js';
import { type Chunks, delimited, joined } from './chunks.js';
import { unsupported } from './errors.js';
import { encodeConstantTypes, encodeStructure } from './graph-encode.js';
import { writeNode, writeSmallInitialiser } from './node-write.js';
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from './proto.js';
import { ProtoWriter } from './proto-writer.js';
import { encodeHeader, rawBytes } from './tensor-encode.js';

export type { Attribute, Graph, Model, Node, ValueInfo } from '../graph/graph.js';
/** For program/, which may import nothing of the graph but through here. */
export { renamed } from '../graph/rename.js';

/** Protobuf's own limit on a message. */
const GREATEST_FILE = 2 ** 31 - 1;

export function encodeModel(model: Model): Uint8Array {
  // Before any allocation; what is not counted are names and lengths, so the margin is 16 MiB.
  const weights = weightBytes(model.graph);
  if (weights > GREATEST_FILE - 2 ** 24) throw tooLarge(model, weights);
  const header = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    producerName: model.producer,
    opsetImport: [...model.opsets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
  });
  return joined([
    toBinary(ModelProtoSchema, header),
    ...delimited(ModelProtoSchema.field.graph.number, encodeMainGraph(model)),
    ...model.functions.flatMap((body) => delimited(ModelProtoSchema.field.functions.number, [body])),
  ]);
}

function encodeMainGraph({ graph, irVersion }: Model): Chunks {
  const nodes = new ProtoWriter();
  for (const node of graph.nodes) writeNode(nodes, node);
  const structure = encodeStructure({ ...graph, nodes: [] });
  if (irVersion < 4) structure.input.push(...encodeConstantTypes(graph.constants));
  return [nodes.finish(), toBinary(GraphProtoSchema, structure), ...encodeInitialisers(graph)];
}

/** In order; the numbers of large ones are copied only when all is joined. */
function encodeInitialisers(graph: Graph): Chunks {
  const { number } = GraphProtoSchema.field.initializer;
  const chunks: Uint8Array[] = [];
  let small = new ProtoWriter();
  for (const [name, value] of graph.constants) {
    if (writeSmallInitialiser(small, name, value)) continue;
    chunks.push(small.finish(), ...delimited(number, encodeInitialiser(name, value)));
    small = new ProtoWriter();
  }
  return [...chunks, small.finish()];
}

function encodeInitialiser(name: string, value: Tensor): Chunks {
  const header = toBinary(TensorProtoSchema, encodeHeader(value, name));
  const raw = rawBytes(value);
  return raw === undefined ? [header] : [header, ...delimited(TensorProtoSchema.field.rawData.number, [raw])];
}

function weightBytes(graph: Graph): number {
  const sizes = [...graph.constants.values()].map(tensorBytes);
  const attributes = graph.nodes.flatMap((node) => [...node.attributes.values()]);
  return [...sizes, ...attributes.map(attributeBytes)].reduce((sum, size) => sum + size, 0);
}

function attributeBytes(attribute: Attribute): number {
  switch (attribute.kind) {
    case 'tensor':
      return tensorBytes(attribute.value);
    case 'tensors':
      return attribute.value.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
    case 'graph':
      return weightBytes(attribute.value);
    case 'graphs':
      return attribute.value.reduce((sum, graph) => sum + weightBytes(graph), 0);
    default:
      return 0;
  }
}

const tensorBytes = (tensor: Tensor): number => rawBytes(tensor)?.byteLength ?? 0;

const tooLarge = ({ graph }: Model, weights: number) =>
  unsupported(
    `graph "${graph.name}"`,
    `its weights take ${(weights / 2 ** 30).toFixed(1)} GiB, more than the 2 GiB that an ONNX file can hold`,
    'use a smaller model, or one with weights of fewer bits',
  );
