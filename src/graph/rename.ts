// Values under other names, in subgraphs too: for moving nodes from one graph into another.
import type { Attribute, Graph, Node, ValueInfo } from './graph.js';

/** Must map the empty name, an omitted input, to itself. */
export type Rename = (name: string) => string;

/** The node with every name of a value changed, also those that its subgraphs declare or read from around them. */
export const renamed = (node: Node, rename: Rename): Node => ({
  ...node,
  inputs: node.inputs.map(rename),
  outputs: node.outputs.map(rename),
  attributes: mapGraphs(node.attributes, (graph) => renamedGraph(graph, rename)),
});

function renamedGraph(graph: Graph, rename: Rename): Graph {
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: rename(value.name) });
  return {
    name: graph.name,
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    constants: new Map([...graph.constants].map(([name, value]) => [rename(name), value])),
    nodes: graph.nodes.map((node) => renamed(node, rename)),
  };
}

/** Attributes with every graph among them changed; the same map where there is none. */
export function mapGraphs(
  attributes: ReadonlyMap<string, Attribute>,
  change: (graph: Graph) => Graph,
): ReadonlyMap<string, Attribute> {
  if (![...attributes.values()].some(holdsGraphs)) return attributes;
  const mapped = (attribute: Attribute): Attribute => {
    if (attribute.kind === 'graph') return { kind: 'graph', value: change(attribute.value) };
    if (attribute.kind === 'graphs') return { kind: 'graphs', value: attribute.value.map(change) };
    return attribute;
  };
  return new Map([...attributes].map(([key, attribute]) => [key, mapped(attribute)]));
}

/** The graphs in a node's attributes. */
export const subgraphs = (node: Node): Graph[] =>
  [...node.attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [attribute.value];
    return attribute.kind === 'graphs' ? attribute.value : [];
  });

const holdsGraphs = ({ kind }: Attribute): boolean => kind === 'graph' || kind === 'graphs';

/** Values of the graph around it that a node reads: its inputs, and what its subgraphs capture. Each once. */
export const valuesRead = (node: Node): string[] => [
  ...new Set([...node.inputs, ...subgraphs(node).flatMap(captured)].filter((name) => name !== '')),
];

/** Names that a graph reads but does not declare. */
function captured(graph: Graph): string[] {
  const declared = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const read = [...graph.nodes.flatMap(valuesRead), ...graph.outputs.map(({ name }) => name)];
  return read.filter((name) => !declared.has(name));
}
