// AttributeProto -> Attribute. What the graph types have no words for stays protobuf bytes, only passed on.
import type { Tensor } from '../base/tensor.js';
import type { Attribute, Graph } from '../graph/graph.js';
import { invalid } from './errors.js';
import { type AttributeProto, AttributeType, type GraphProto, type TensorProto } from './proto.js';
import { decodeText } from './text.js';

/** How an attribute's parts are decoded, in the context of the graph that the attribute is in. */
export type PartDecoders = {
  tensor(proto: TensorProto, where: string): Tensor;
  graph(proto: GraphProto, where: string): Graph;
};

type Decode = (proto: AttributeProto, where: string, parts: PartDecoders) => Attribute;

const opaque: Decode = ({ source }) => ({ kind: 'opaque', value: source.slice() });

/** Integers beyond 2^53 round; the greatest int64, which means "to the end", becomes 2^63 and goes back as it was. */
const decoders: Record<AttributeType, Decode> = {
  [AttributeType.UNDEFINED]: opaque,
  [AttributeType.FLOAT]: ({ f }) => ({ kind: 'float', value: f }),
  [AttributeType.INT]: ({ i }) => ({ kind: 'int', value: Number(i) }),
  [AttributeType.STRING]: (proto, where, parts) => {
    const value = decodeText(proto.s);
    return value === undefined ? opaque(proto, where, parts) : { kind: 'string', value };
  },
  [AttributeType.TENSOR]: ({ t }, where, parts) => {
    if (t === undefined) throw invalid(where, 'is of type TENSOR but holds none');
    return { kind: 'tensor', value: parts.tensor(t, where) };
  },
  [AttributeType.GRAPH]: ({ g }, where, parts) => {
    if (g === undefined) throw invalid(where, 'is of type GRAPH but holds none');
    return { kind: 'graph', value: parts.graph(g, where) };
  },
  [AttributeType.FLOATS]: ({ floats }) => ({ kind: 'floats', value: floats }),
  [AttributeType.INTS]: ({ ints }) => ({ kind: 'ints', value: ints.map(Number) }),
  [AttributeType.STRINGS]: (proto, where, parts) => {
    const value = proto.strings.map(decodeText).filter((text) => text !== undefined);
    return value.length === proto.strings.length ? { kind: 'strings', value } : opaque(proto, where, parts);
  },
  [AttributeType.TENSORS]: ({ tensors }, where, parts) => ({
    kind: 'tensors',
    value: tensors.map((tensor) => parts.tensor(tensor, where)),
  }),
  [AttributeType.GRAPHS]: ({ graphs }, where, parts) => ({
    kind: 'graphs',
    value: graphs.map((graph) => parts.graph(graph, where)),
  }),
  [AttributeType.SPARSE_TENSOR]: opaque,
  [AttributeType.SPARSE_TENSORS]: opaque,
  [AttributeType.TYPE_PROTO]: opaque,
  [AttributeType.TYPE_PROTOS]: opaque,
};

export function decodeAttributes(
  protos: readonly AttributeProto[],
  where: string,
  parts: PartDecoders,
): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const proto of protos) {
    if (proto.name === '') throw invalid(where, 'has an attribute without a name');
    if (attributes.has(proto.name)) throw invalid(where, `has two attributes named "${proto.name}"`);
    const decode = proto.refAttrName === '' ? decoders[typeOf(proto)] : opaque;
    attributes.set(proto.name, decode(proto, `${where}, attribute "${proto.name}"`, parts));
  }
  return attributes;
}

/** Files of the first ONNX versions have no type: there it is told from the field that is filled. */
function typeOf(proto: AttributeProto): AttributeType {
  if (proto.type !== AttributeType.UNDEFINED) return proto.type;
  const filled: readonly (readonly [boolean, AttributeType])[] = [
    [Object.hasOwn(proto, 'f'), AttributeType.FLOAT],
    [Object.hasOwn(proto, 'i'), AttributeType.INT],
    [Object.hasOwn(proto, 's'), AttributeType.STRING],
    [proto.t !== undefined, AttributeType.TENSOR],
    [proto.g !== undefined, AttributeType.GRAPH],
    [proto.floats.length > 0, AttributeType.FLOATS],
    [proto.ints.length > 0, AttributeType.INTS],
    [proto.strings.length > 0, AttributeType.STRINGS],
    [proto.tensors.length > 0, AttributeType.TENSORS],
    [proto.graphs.length > 0, AttributeType.GRAPHS],
  ];
  return filled.find(([isFilled]) => isFilled)?.[1] ?? AttributeType.UNDEFINED;
}
