// Graph -> GraphProto.
import type { Graph, Node } from '../graph/graph.js';
import { writeAttribute } from './attribute-write.js';
import type { ProtoWriter } from './proto-writer.js';
import { writeTensor } from './tensor-write.js';
import { writeValueInfo } from './value-info-write.js';

// Numbers of fields, as onnx.proto has them.
export const graphFields = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const nodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;

/** Appends the content of a message: of a graph inside an attribute, complete. */
export function writeSubgraph(writer: ProtoWriter, graph: Graph): void {
  for (const node of graph.nodes) writeNode(writer, node);
  writer.text(graphFields.name, graph.name);
  for (const [name, tensor] of graph.constants)
    writer.message(graphFields.initializer, () => writeTensor(writer, tensor, name));
  writeInterface(writer, graph);
}

/** Appends a graph's inputs and outputs to its bytes. */
export function writeInterface(
  writer: ProtoWriter,
  { inputs, outputs }: Pick<Graph, 'inputs' | 'outputs'>,
): void {
  for (const info of inputs) writer.message(graphFields.input, () => writeValueInfo(writer, info));
  for (const info of outputs) writer.message(graphFields.output, () => writeValueInfo(writer, info));
}

/** Appends a node to a graph's bytes. */
export function writeNode(writer: ProtoWriter, node: Node): void {
  writer.message(graphFields.node, () => {
    for (const name of node.inputs) writer.text(nodeFields.input, name);
    for (const name of node.outputs) writer.text(nodeFields.output, name);
    writer.text(nodeFields.name, node.name);
    writer.text(nodeFields.opType, node.type);
    for (const [name, attribute] of node.attributes)
      writer.message(nodeFields.attribute, () => writeAttribute(writer, name, attribute, writeSubgraph));
    if (node.domain !== '') writer.text(nodeFields.domain, node.domain);
  });
}
