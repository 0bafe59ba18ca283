// Graph -> GraphProto.
import { create } from '@bufbuild/protobuf';
import type { Tensor } from '../base/tensor.js';
import type { Graph, Node } from '../graph/graph.js';
import { encodeAttribute } from './attribute-encode.js';
import { type GraphProto, GraphProtoSchema, type NodeProto, NodeProtoSchema } from './proto.js';
import { encodeTensor } from './tensor-encode.js';
import { encodeValueInfo } from './value-info.js';

/** A graph inside an attribute, complete. */
export function encodeSubgraph(graph: Graph): GraphProto {
  const proto = encodeStructure(graph);
  proto.initializer = [...graph.constants].map(([name, tensor]) => {
    const encoded = encodeTensor(tensor);
    encoded.name = name;
    return encoded;
  });
  return proto;
}

/** Everything but the initialisers. */
export const encodeStructure = (graph: Graph): GraphProto =>
  create(GraphProtoSchema, {
    name: graph.name,
    node: graph.nodes.map(encodeNode),
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
  });

/** Initialisers as inputs, where IR versions up to 3 want them listed. */
export const encodeConstantTypes = (constants: ReadonlyMap<string, Tensor>) =>
  [...constants].map(([name, { dtype, shape }]) => encodeValueInfo({ name, dtype, shape }));

const encodeNode = (node: Node): NodeProto =>
  create(NodeProtoSchema, {
    name: node.name,
    opType: node.type,
    domain: node.domain === '' ? undefined : node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, attribute]) =>
      encodeAttribute(name, attribute, encodeSubgraph),
    ),
  });
