import { expect, test } from 'vitest';
import type { Graph, Node } from '../../../src/graph/graph.js';
import { inTopologicalOrder } from '../../../src/onnx/topological.js';
import { FILE, failure, node, value } from './fixtures.js';

const namesOf = (nodes: readonly Node[]) => inTopologicalOrder(nodes, FILE).map(({ name }) => name);

test('nodes in order keep their places', () => {
  const nodes = [
    node('a', 'Relu', ['x'], ['1']),
    node('b', 'Relu', ['x'], ['2']),
    node('c', 'Add', ['2', '1'], ['3']),
  ];
  expect(inTopologicalOrder(nodes, FILE)).toEqual(nodes);
});

test('a node moves behind what it reads, and no further', () => {
  const nodes = [
    node('sum', 'Add', ['1', '2'], ['3']),
    node('b', 'Relu', ['x'], ['2']),
    node('a', 'Relu', ['x'], ['1']),
  ];
  expect(namesOf(nodes)).toEqual(['a', 'b', 'sum']);
});

test('what a subgraph takes from around it counts as read', () => {
  const branch: Graph = {
    name: 'then',
    inputs: [],
    outputs: [value('inner')],
    constants: new Map(),
    nodes: [node('relu', 'Relu', ['late'], ['inner'])],
  };
  const choose: Node = {
    ...node('if', 'If', ['x'], ['y']),
    attributes: new Map([['then_branch', { kind: 'graph', value: branch }]]),
  };
  expect(namesOf([choose, node('late', 'Relu', ['x'], ['late'])])).toEqual(['late', 'if']);
});

test('long chains in reverse do not exhaust the stack', () => {
  const chain = Array.from({ length: 50_000 }, (_, i) => node(`${i}`, 'Relu', [`v${i}`], [`v${i + 1}`]));
  expect(inTopologicalOrder(chain.toReversed(), FILE)).toEqual(chain);
});

test('omitted inputs and outputs are not connected to each other', () => {
  expect(namesOf([node('a', 'Clip', ['x', ''], ['1', '']), node('b', 'Clip', ['1', ''], [''])])).toEqual([
    'a',
    'b',
  ]);
});

test.each([
  [[node('self', 'Relu', ['1'], ['1'])], /self|"self"/],
  [[node('a', 'Relu', ['2'], ['1']), node('b', 'Relu', ['1'], ['2'])], /node "[ab]" \(Relu\)/],
])('a cycle is an error that names one of its nodes', (nodes, where) => {
  expect(failure(() => inTopologicalOrder(nodes, FILE)).where).toMatch(where);
});
