// Attribute -> AttributeProto.
import type { Attribute, Graph } from '../graph/graph.js';
import { AttributeType, attributeProto } from './proto.js';
import { readMessage } from './proto-reader.js';
import type { ProtoWriter } from './proto-writer.js';
import { writeTensor } from './tensor-write.js';
import { encodeText } from './text.js';

// Numbers of fields, as onnx.proto has them.
const fields = {
  name: 1,
  f: 2,
  i: 3,
  s: 4,
  t: 5,
  g: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  tensors: 10,
  graphs: 11,
  type: 20,
} as const;

type WriteGraph = (writer: ProtoWriter, graph: Graph) => void;

/** Appends the content of a message. */
export function writeAttribute(
  writer: ProtoWriter,
  name: string,
  attribute: Attribute,
  writeGraph: WriteGraph,
): void {
  if (attribute.kind === 'opaque') {
    writer.raw(attribute.value);
    // The last one counts.
    if (readMessage(attributeProto, attribute.value).name !== name) writer.text(fields.name, name);
    return;
  }
  writer.text(fields.name, name);
  writer.integer(fields.type, writeValue(writer, attribute, writeGraph));
}

/** @returns its type */
function writeValue(
  writer: ProtoWriter,
  attribute: Exclude<Attribute, { kind: 'opaque' }>,
  writeGraph: WriteGraph,
): AttributeType {
  switch (attribute.kind) {
    case 'float':
      writer.float(fields.f, attribute.value);
      return AttributeType.FLOAT;
    case 'int':
      writer.integer(fields.i, int64(attribute.value));
      return AttributeType.INT;
    case 'string':
      writer.bytes(fields.s, encodeText(attribute.value));
      return AttributeType.STRING;
    case 'tensor':
      writer.message(fields.t, () => writeTensor(writer, attribute.value));
      return AttributeType.TENSOR;
    case 'graph':
      writer.message(fields.g, () => writeGraph(writer, attribute.value));
      return AttributeType.GRAPH;
    case 'floats':
      for (const value of attribute.value) writer.float(fields.floats, value);
      return AttributeType.FLOATS;
    case 'ints':
      for (const value of attribute.value) writer.integer(fields.ints, int64(value));
      return AttributeType.INTS;
    case 'strings':
      for (const value of attribute.value) writer.bytes(fields.strings, encodeText(value));
      return AttributeType.STRINGS;
    case 'tensors':
      for (const value of attribute.value) writer.message(fields.tensors, () => writeTensor(writer, value));
      return AttributeType.TENSORS;
    case 'graphs':
      for (const value of attribute.value) writer.message(fields.graphs, () => writeGraph(writer, value));
      return AttributeType.GRAPHS;
  }
}

const greatestInt64 = 2n ** 63n - 1n;

/** 2^63, which is how the greatest int64 decodes, goes back to it. */
function int64(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(value);
  return exact > greatestInt64 ? greatestInt64 : exact;
}
