// Execution order. Nodes that are in order already keep their places.
import type { Graph, Node } from '../graph/graph.js';
import { invalid } from './errors.js';

/** Names that a node reads: its inputs, and what its subgraphs take from the scopes around them. */
export function namesRead(node: Node): Set<string> {
  const names = new Set(node.inputs);
  for (const graph of subgraphsOf(node)) for (const name of outerNames(graph)) names.add(name);
  names.delete('');
  return names;
}

function subgraphsOf(node: Node): Graph[] {
  return [...node.attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [attribute.value];
    return attribute.kind === 'graphs' ? attribute.value : [];
  });
}

function outerNames(graph: Graph): Set<string> {
  const names = new Set(graph.nodes.flatMap((node) => [...namesRead(node)]));
  for (const output of graph.outputs) names.add(output.name);
  for (const input of graph.inputs) names.delete(input.name);
  for (const name of graph.constants.keys()) names.delete(name);
  for (const node of graph.nodes) for (const name of node.outputs) names.delete(name);
  return names;
}

type Visit = { readonly index: number; readonly waitsFor: number[] };

/**
 * Depth-first, each node after those whose outputs it reads, otherwise in the given order.
 * With a stack of its own: a chain of nodes in reverse would exhaust the call stack.
 */
export function inTopologicalOrder(nodes: readonly Node[], where: string): readonly Node[] {
  const producers = new Map(nodes.flatMap((node, index) => node.outputs.map((name) => [name, index])));
  const producersOf = (node: Node): number[] =>
    [...namesRead(node)].flatMap((name) => producers.get(name) ?? []).reverse();
  const states = new Array<'new' | 'open' | 'done'>(nodes.length).fill('new');
  const sorted: Node[] = [];
  const stack: Visit[] = [];
  const enter = (index: number) => {
    const node = nodes[index];
    if (node === undefined || states[index] === 'done') return;
    if (states[index] === 'open') throw cycle(node, where);
    states[index] = 'open';
    stack.push({ index, waitsFor: producersOf(node) });
  };
  for (let start = 0; start < nodes.length; start++) {
    enter(start);
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const next = visit.waitsFor.pop();
      if (next !== undefined) enter(next);
      else leave(visit.index);
    }
  }
  return sorted;

  function leave(index: number): void {
    stack.pop();
    states[index] = 'done';
    sorted.push(...nodes.slice(index, index + 1));
  }
}

const cycle = (node: Node, where: string) =>
  invalid(`${where}: node "${node.name}" (${node.type})`, 'depends on its own output');
