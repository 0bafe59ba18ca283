// GraphProto -> Graph: the main graph of a model, or one in an attribute of a node.
import { sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import type { Graph, Node, ValueInfo } from '../graph/graph.js';
import { dangerousNode, greatestElements } from '../graph/plausible.js';
import { decodeAttributes, type PartDecoders } from './attribute-decode.js';
import { operatorDomain } from './domains.js';
import { invalid, unsupported } from './errors.js';
import type { Source } from './external-data.js';
import { uniqueNodeNames } from './node-names.js';
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from './proto.js';
import { noScope, type Scope, scopeOf } from './scope.js';
import { decodeTensor } from './tensor-decode.js';
import { inTopologicalOrder } from './topological.js';
import { decodeValueInfo } from './value-info.js';

/**
 * @param where names the graph in errors: the file, and for a subgraph the attribute that holds it
 * @param outer names that the graph's nodes may read beside its own
 */
export function decodeGraph(proto: GraphProto, source: Source, where = source.file, outer = noScope): Graph {
  if (proto.sparseInitializer.length > 0) {
    throw unsupported(where, 'has sparse initialisers', 'export the model with dense ones');
  }
  const constants = decodeConstants(proto.initializer, source, where);
  const nodes = named(proto.node, where);
  // Up to IR version 3, initialisers had to be listed as inputs as well.
  const inputs = proto.input.filter(({ name }) => !constants.has(name));
  const inputNames = inputs.map(({ name }) => name);
  const scope = scopeOf(inputNames, constants.keys(), nodes.map(asWriter), outer, where);
  const decoded = nodes.map((node) => decodeNode(node, source, scope));
  const graph = {
    name: proto.name,
    inputs: inputs.map((input) => decodeInput(input, where)),
    outputs: proto.output.map((output) => decodeOutput(output, scope, where)),
    constants,
    nodes: inTopologicalOrder(decoded, where),
  };
  refuseDanger(graph, where);
  return graph;
}

/** What ONNX Runtime would crash on is refused here: no caller can catch that. */
function refuseDanger(graph: Graph, where: string): void {
  const danger = dangerousNode(graph);
  if (danger === undefined) return;
  const { node, problem } = danger;
  const hint = 'export the model again; if it comes from somebody else, do not trust it';
  throw unsupported(`${where}: node "${node.name}" (${node.type})`, problem, hint);
}

function decodeInput(proto: ValueInfoProto, where: string): ValueInfo {
  const at = `${where}: input "${proto.name}"`;
  const info = decodeValueInfo(proto, at);
  const fixed = (info.shape ?? []).filter((dim) => typeof dim === 'number');
  if (sizeOf(fixed) > greatestElements)
    throw invalid(at, `its shape [${fixed}] makes more than ${greatestElements} elements`);
  return info;
}

function decodeConstants(protos: readonly TensorProto[], source: Source, where: string): Map<string, Tensor> {
  const constants = new Map<string, Tensor>();
  for (const [index, proto] of protos.entries()) {
    const at = `${where}: initialiser "${proto.name}"`;
    if (proto.name === '') throw invalid(where, `initialiser ${index} has no name`);
    if (constants.has(proto.name)) throw invalid(at, 'occurs twice');
    constants.set(proto.name, decodeTensor(proto, at, source));
  }
  return constants;
}

function decodeOutput(proto: ValueInfoProto, scope: Scope, where: string) {
  const at = `${where}: output "${proto.name}"`;
  if (!scope.has(proto.name)) throw invalid(at, 'no node, input or initialiser produces it');
  return decodeValueInfo(proto, at);
}

type NamedNode = { readonly name: string; readonly where: string; readonly proto: NodeProto };

function named(protos: readonly NodeProto[], where: string): NamedNode[] {
  const names = uniqueNodeNames(protos);
  return protos.map((proto, index) => {
    const name = names[index] ?? '';
    return { name, proto, where: `${where}: node "${name}" (${proto.opType})` };
  });
}

const asWriter = ({ where, proto }: NamedNode) => ({ where, output: proto.output });

function decodeNode({ name, where, proto }: NamedNode, source: Source, scope: Scope): Node {
  if (proto.opType === '') throw invalid(where, 'names no operator');
  if (proto.overload !== '') {
    const hint = 'inline the functions of the model, for example with onnx.inliner';
    throw unsupported(where, `calls the overload "${proto.overload}" of a function`, hint);
  }
  for (const input of proto.input) {
    if (input !== '' && !scope.has(input)) {
      throw invalid(where, `input "${input}" is produced by no node, input or initialiser`);
    }
  }
  const parts: PartDecoders = {
    tensor: (tensor, at) => decodeTensor(tensor, at, source),
    graph: (graph, at) => decodeGraph(graph, source, at, scope),
  };
  return {
    name,
    type: proto.opType,
    domain: operatorDomain(proto.domain),
    inputs: proto.input,
    outputs: proto.output,
    attributes: decodeAttributes(proto.attribute, where, parts),
  };
}
