// What `inspect` says can be bounded is what a proof can bound, node by node.
import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { describeModel } from '../../../src/ops/describe.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';

const summary = async (nodes: readonly NodeShorthand[]) => {
  const w = float32([1, 2, 3, 4], [2, 2]);
  const used = nodes.some(([, inputs]) => inputs.includes('w'));
  const { model } = await opened(modelOf(['batch', 2], nodes, used ? { w } : {}));
  return describeModel(model);
};

const described = async (nodes: readonly NodeShorthand[]) =>
  Object.fromEntries((await summary(nodes)).operators.map(({ type, bounded }) => [type, bounded]));

test('an operator without a rule is to blame, not those behind it', async () => {
  const nodes: NodeShorthand[] = [
    ['Gemm', ['x', 'w'], 'h'],
    ['Celu', ['h'], 's'],
    ['Relu', ['s'], 'y'],
  ];
  expect(await described(nodes)).toEqual({ Gemm: true, Relu: true, Celu: false });
});

test('a node may use an operator in a way that its rule refuses', async () => {
  const nodes: NodeShorthand[] = [
    ['Abs', ['x'], 'slopes'],
    ['PRelu', ['x', 'slopes'], 'p'],
    ['Relu', ['p'], 'y'],
  ];
  expect(await described(nodes)).toEqual({ Abs: true, PRelu: false, Relu: true });
});

test('only float32 is bounded', async () => {
  const nodes: NodeShorthand[] = [
    ['Cast', ['x'], 'd', { to: 11 }],
    ['Relu', ['d'], 'r'],
    ['Cast', ['r'], 'y', { to: 1 }],
  ];
  expect(await described(nodes)).toEqual({ Cast: false, Relu: true });
});

test('node by node: bounded, constant, to blame, behind the one to blame', async () => {
  const { nodes, unbounded } = await summary([
    ['Relu', ['w'], 'c'],
    ['MatMul', ['x', 'c'], 'h'],
    ['Celu', ['h'], 's'],
    ['Relu', ['s'], 'y'],
  ]);
  const blamed = expect.stringContaining('"Celu_2"');
  expect(nodes).toEqual([
    { support: 'constant', reason: null },
    { support: 'bounded', reason: null },
    { support: 'fuzzed', reason: expect.stringContaining('rule for this operator') },
    { support: 'behind', reason: blamed },
  ]);
  expect(unbounded).toEqual(blamed);
});

test('an input of integers is bounded', async () => {
  const file = modelOf(['batch', 2], [['Cast', ['x'], 'y', { to: 1 }]]);
  const inputs = file.graph.inputs.map((input) => ({ ...input, dtype: 'int64' as const }));
  const { model } = await opened({ ...file, graph: { ...file.graph, inputs } });
  expect(describeModel(model).unbounded).toBeNull();
});
