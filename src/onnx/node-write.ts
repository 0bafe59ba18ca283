// Nodes and small tensors of a main graph -> bytes; what is rare goes through the generated messages.
import { toBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../base/tensor.js';
import type { Attribute, Node } from '../graph/graph.js';
import { encodeAttribute } from './attribute-encode.js';
import { dataTypes } from './dtypes.js';
import { encodeSubgraph } from './graph-encode.js';
import { AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from './proto.js';
import type { ProtoWriter } from './proto-writer.js';
import { rawBytes } from './tensor-encode.js';
import { encodeText } from './text.js';

// Numbers of fields, as onnx.proto has them.
const graphFields = { node: 1, initializer: 5 } as const;
const nodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
const attributeFields = { name: 1, f: 2, i: 3, s: 4, ints: 8, type: 20 } as const;
const tensorFields = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;

/** Appends a node to a graph's bytes. */
export function writeNode(writer: ProtoWriter, node: Node): void {
  writer.message(graphFields.node, () => {
    for (const name of node.inputs) writer.text(nodeFields.input, name);
    for (const name of node.outputs) writer.text(nodeFields.output, name);
    writer.text(nodeFields.name, node.name);
    writer.text(nodeFields.opType, node.type);
    for (const [name, attribute] of node.attributes) writeAttribute(writer, name, attribute);
    if (node.domain !== '') writer.text(nodeFields.domain, node.domain);
  });
}

function writeAttribute(writer: ProtoWriter, name: string, attribute: Attribute): void {
  const field = nodeFields.attribute;
  const known = contentOf(writer, attribute);
  if (known === undefined) {
    writer.bytes(field, toBinary(AttributeProtoSchema, encodeAttribute(name, attribute, encodeSubgraph)));
    return;
  }
  writer.message(field, () => {
    writer.text(attributeFields.name, name);
    known.write();
    writer.integer(attributeFields.type, known.type);
  });
}

/** Undefined for what is rare. */
function contentOf(writer: ProtoWriter, attribute: Attribute) {
  switch (attribute.kind) {
    case 'int':
      return numbersOf(writer, attributeFields.i, AttributeType.INT, [attribute.value]);
    case 'ints':
      return numbersOf(writer, attributeFields.ints, AttributeType.INTS, attribute.value);
    case 'float':
      return { type: AttributeType.FLOAT, write: () => writer.float(attributeFields.f, attribute.value) };
    case 'string': {
      const text = encodeText(attribute.value);
      return { type: AttributeType.STRING, write: () => writer.bytes(attributeFields.s, text) };
    }
    default:
      return undefined;
  }
}

function numbersOf(writer: ProtoWriter, field: number, type: AttributeType, values: readonly number[]) {
  if (!values.every(Number.isSafeInteger)) return undefined;
  const write = () => {
    for (const value of values) writer.integer(field, value);
  };
  return { type, write };
}

/** Tensors of more bytes are not copied before the end. */
const greatestSmall = 4096;

/** Appends an initialiser to a graph's bytes; false where it is large or holds strings. */
export function writeSmallInitialiser(writer: ProtoWriter, name: string, tensor: Tensor): boolean {
  const raw = rawBytes(tensor);
  if (raw === undefined || raw.length > greatestSmall) return false;
  writer.message(graphFields.initializer, () => {
    for (const size of tensor.shape) writer.integer(tensorFields.dims, size);
    writer.integer(tensorFields.dataType, dataTypes[tensor.dtype]);
    writer.text(tensorFields.name, name);
    writer.bytes(tensorFields.rawData, raw);
  });
  return true;
}
