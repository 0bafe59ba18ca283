// Attribute -> AttributeProto.
import { create, fromBinary } from '@bufbuild/protobuf';
import type { Attribute, Graph } from '../graph/graph.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
} from './proto.js';
import { encodeTensor } from './tensor-encode.js';
import { encodeText } from './text.js';

type EncodeGraph = (graph: Graph) => GraphProto;

export function encodeAttribute(
  name: string,
  attribute: Attribute,
  encodeGraph: EncodeGraph,
): AttributeProto {
  const proto = fields(attribute, encodeGraph);
  proto.name = name;
  return proto;
}

function fields(attribute: Attribute, encodeGraph: EncodeGraph): AttributeProto {
  const schema = AttributeProtoSchema;
  switch (attribute.kind) {
    case 'float':
      return create(schema, { type: AttributeType.FLOAT, f: attribute.value });
    case 'int':
      return create(schema, { type: AttributeType.INT, i: int64(attribute.value) });
    case 'string':
      return create(schema, { type: AttributeType.STRING, s: encodeText(attribute.value) });
    case 'tensor':
      return create(schema, { type: AttributeType.TENSOR, t: encodeTensor(attribute.value) });
    case 'graph':
      return create(schema, { type: AttributeType.GRAPH, g: encodeGraph(attribute.value) });
    case 'floats':
      return create(schema, { type: AttributeType.FLOATS, floats: [...attribute.value] });
    case 'ints':
      return create(schema, { type: AttributeType.INTS, ints: attribute.value.map(int64) });
    case 'strings':
      return create(schema, { type: AttributeType.STRINGS, strings: attribute.value.map(encodeText) });
    case 'tensors':
      return create(schema, { type: AttributeType.TENSORS, tensors: attribute.value.map(encodeTensor) });
    case 'graphs':
      return create(schema, { type: AttributeType.GRAPHS, graphs: attribute.value.map(encodeGraph) });
    case 'opaque':
      return fromBinary(schema, attribute.value);
  }
}

const GREATEST_INT64 = 2n ** 63n - 1n;

/** 2^63, which is how the greatest int64 decodes, goes back to it. */
function int64(value: number): bigint {
  const exact = BigInt(value);
  return exact > GREATEST_INT64 ? GREATEST_INT64 : exact;
}
