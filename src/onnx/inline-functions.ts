// Calls of a model's own functions, replaced by what the functions do: then every node is an operator that rules may know.
import { allNames, freshName } from '../graph/fresh-names.js';
import type { Attribute, Graph, Model, Node } from '../graph/graph.js';
import { mapGraphs, renamed } from '../graph/rename.js';
import { decodeAttributes } from './attribute-decode.js';
import { operatorDomain } from './domains.js';
import { invalid } from './errors.js';
import type { Source } from './external-data.js';
import { decodeGraph } from './graph-decode.js';
import { attributeProto, type FunctionProto, functionProto, graphProto } from './proto.js';
import { readMessage } from './proto-reader.js';
import { decodeTensor } from './tensor-decode.js';

type LocalFunction = {
  readonly where: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  /** Values of attributes that a call leaves out. */
  readonly defaults: ReadonlyMap<string, Attribute>;
};

/** What ONNX Runtime registers itself: there its own operator goes before a function of the same name (seen in 1.30). */
const registered = ['', 'ai.onnx.ml', 'com.microsoft'];

/**
 * The model without functions. ONNX Runtime reads their nodes at the operator sets of the model, whatever they import, and so
 * do we. Throws UserError INVALID_MODEL where a function is malformed or calls itself.
 */
export function inlineFunctions(model: Model, source: Source): Model {
  if (model.functions.length === 0) return model;
  const protos = model.functions.map((bytes) => readMessage(functionProto, bytes));
  const own = protos.filter(({ domain }) => !registered.includes(operatorDomain(domain)));
  const table = new Map(own.map((proto) => [keyOf(proto.domain, proto.name), decoded(proto, source)]));
  const imported = protos.flatMap(({ opsetImport }) =>
    opsetImport.map(({ domain, version }) => [operatorDomain(domain), Number(version)] as const),
  );
  const inlining = { table, taken: allNames(model.graph) };
  return {
    ...model,
    graph: inlinedGraph(inlining, model.graph, []),
    opsets: new Map([...imported, ...model.opsets]),
    functions: [],
  };
}

type Inlining = {
  readonly table: ReadonlyMap<string, LocalFunction>;
  readonly taken: Set<string>;
};

const keyOf = (domain: string, name: string): string => `${operatorDomain(domain)}:${name}`;

function decoded(proto: FunctionProto, source: Source): LocalFunction {
  const where = `${source.file}: function "${proto.name}"`;
  const input = proto.input.map((name) => ({ name }));
  const body = graphProto.create({ name: proto.name, node: proto.node, input });
  const { nodes } = decodeGraph(body, source, where);
  const parts = {
    tensor: (tensor: Parameters<typeof decodeTensor>[0], at: string) => decodeTensor(tensor, at, source),
    graph: (graph: Parameters<typeof decodeGraph>[0], at: string) => decodeGraph(graph, source, at),
  };
  const defaults = decodeAttributes(proto.attributeProto, where, parts);
  return { where, inputs: proto.input, outputs: proto.output, nodes, defaults };
}

function inlinedGraph(inlining: Inlining, graph: Graph, callers: readonly LocalFunction[]): Graph {
  return { ...graph, nodes: graph.nodes.flatMap((node) => inlinedNode(inlining, node, callers)) };
}

function inlinedNode(inlining: Inlining, node: Node, callers: readonly LocalFunction[]): readonly Node[] {
  const called = inlining.table.get(keyOf(node.domain, node.type));
  if (called === undefined) {
    const inner = (graph: Graph) => inlinedGraph(inlining, graph, callers);
    return [{ ...node, attributes: mapGraphs(node.attributes, inner) }];
  }
  if (callers.includes(called)) throw invalid(called.where, 'calls itself');
  return bodyOf(inlining, node, called).flatMap((each) => inlinedNode(inlining, each, [...callers, called]));
}

/** The function's nodes with the call's names and attributes, and fresh names for all that is between. */
function bodyOf({ taken }: Inlining, call: Node, called: LocalFunction): Node[] {
  const names = new Map(called.inputs.map((name, at) => [name, call.inputs[at] ?? '']));
  names.set('', '');
  called.outputs.forEach((formal, at) => {
    const actual = call.outputs[at];
    if (actual) names.set(formal, actual);
  });
  const rename = (name: string): string => {
    const found = names.get(name) ?? freshName(`${call.name}/${name}`, taken);
    names.set(name, found);
    return found;
  };
  return called.nodes.map((node) => {
    const filled = withArguments(node, new Map([...called.defaults, ...call.attributes]));
    return { ...renamed(filled, rename), name: freshName(`${call.name}/${node.name}`, taken) };
  });
}

/** References to the function's attributes replaced by the call's, or left out where the call gives none. */
function withArguments(node: Node, given: ReadonlyMap<string, Attribute>): Node {
  const inner = (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map((each) => withArguments(each, given)),
  });
  const attributes = [...mapGraphs(node.attributes, inner)].flatMap(([key, attribute]) => {
    const reference = referenceOf(attribute);
    const value = reference === undefined ? attribute : given.get(reference);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...node, attributes: new Map(attributes) };
}

/** Name of the function's attribute that an attribute stands for. */
function referenceOf(attribute: Attribute): string | undefined {
  if (attribute.kind !== 'opaque') return undefined;
  const { refAttrName } = readMessage(attributeProto, attribute.value);
  return refAttrName === '' ? undefined : refAttrName;
}
