// Model -> bytes of an ONNX file. Equal models, in equal order, give equal bytes.
import type { Tensor } from '../base/tensor.js';
import type { Attribute, Graph, Model } from '../graph/graph.js';
import { type Chunks, delimited, joined } from './chunks.js';
import { unsupported } from './errors.js';
import { graphFields, writeInterface, writeNode } from './graph-write.js';
import { ProtoWriter } from './proto-writer.js';
import { rawBytes, tensorFields, writeHeader, writeTensor } from './tensor-write.js';
import { writeValueInfo } from './value-info-write.js';

export type { Attribute, Graph, Model, Node, ValueInfo } from '../graph/graph.js';
/** For program/, which may import nothing of the graph but through here. */
export { renamed } from '../graph/rename.js';

/** Protobuf's own limit on a message. */
const GREATEST_FILE = 2 ** 31 - 1;

// Numbers of fields, as onnx.proto has them.
const modelFields = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, functions: 25 } as const;
const opsetFields = { domain: 1, version: 2 } as const;

export function encodeModel(model: Model): Uint8Array {
  // Before any allocation; what is not counted are names and lengths, so the margin is 16 MiB.
  const weights = weightBytes(model.graph);
  if (weights > GREATEST_FILE - 2 ** 24) throw tooLarge(model, weights);
  return joined([
    encodeHeader(model),
    ...delimited(modelFields.graph, encodeMainGraph(model)),
    ...model.functions.flatMap((body) => delimited(modelFields.functions, [body])),
  ]);
}

function encodeHeader({ irVersion, producer, opsets }: Model): Uint8Array {
  const writer = new ProtoWriter();
  writer.integer(modelFields.irVersion, irVersion);
  writer.text(modelFields.producerName, producer);
  for (const [domain, version] of opsets)
    writer.message(modelFields.opsetImport, () => {
      writer.text(opsetFields.domain, domain);
      writer.integer(opsetFields.version, version);
    });
  return writer.finish();
}

function encodeMainGraph({ graph, irVersion }: Model): Chunks {
  const writer = new ProtoWriter();
  for (const node of graph.nodes) writeNode(writer, node);
  writer.text(graphFields.name, graph.name);
  writeInterface(writer, graph);
  if (irVersion < 4) writeConstantTypes(writer, graph.constants);
  return [writer.finish(), ...encodeInitialisers(graph)];
}

/** Initialisers as inputs, where IR versions up to 3 want them listed. */
function writeConstantTypes(writer: ProtoWriter, constants: Graph['constants']): void {
  for (const [name, { dtype, shape }] of constants)
    writer.message(graphFields.input, () => writeValueInfo(writer, { name, dtype, shape }));
}

/** Tensors of more bytes are not copied before the end. */
const greatestSmall = 4096;

/** In order; the numbers of large ones are copied only when all is joined. */
function encodeInitialisers(graph: Graph): Chunks {
  const chunks: Uint8Array[] = [];
  let small = new ProtoWriter();
  for (const [name, value] of graph.constants) {
    const raw = rawBytes(value);
    if (raw === undefined || raw.length <= greatestSmall) {
      small.message(graphFields.initializer, () => writeTensor(small, value, name));
      continue;
    }
    chunks.push(small.finish(), ...delimited(graphFields.initializer, encodeLarge(name, value, raw)));
    small = new ProtoWriter();
  }
  return [...chunks, small.finish()];
}

function encodeLarge(name: string, value: Tensor, raw: Uint8Array): Chunks {
  const header = new ProtoWriter();
  writeHeader(header, value, name);
  return [header.finish(), ...delimited(tensorFields.rawData, [raw])];
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
