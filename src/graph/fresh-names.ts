// Names that no value or node of a graph has, nor any graph inside it: an inner name would hide the outer one.
import type { Graph, Node } from './graph.js';

/** Of inputs, outputs, constants, nodes and their results, at every depth. */
export function allNames(graph: Graph): Set<string> {
  const names = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.outputs.map(({ name }) => name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap(({ name, inputs, outputs }) => [name, ...inputs, ...outputs]),
  ];
  const inner = graph.nodes.flatMap(innerGraphs).flatMap((graph) => [...allNames(graph)]);
  return new Set([...names, ...inner]);
}

const innerGraphs = ({ attributes }: Node): readonly Graph[] =>
  [...attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [attribute.value];
    return attribute.kind === 'graphs' ? attribute.value : [];
  });

/** `wish`, or `wish_2`, `wish_3`, ... where that is taken; takes it. */
export function freshName(wish: string, taken: Set<string>): string {
  let name = wish;
  for (let count = 2; taken.has(name); count++) name = `${wish}_${count}`;
  taken.add(name);
  return name;
}
