// What `inspect` says can be bounded is what a proof can bound, node by node.
import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { describeOperators } from '../../../src/ops/describe.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';

const described = async (nodes: readonly NodeShorthand[]) => {
  const w = float32([1, 2, 3, 4], [2, 2]);
  const used = nodes.some(([, inputs]) => inputs.includes('w'));
  const { model } = await opened(modelOf(['batch', 2], nodes, used ? { w } : {}));
  return Object.fromEntries(describeOperators(model).map(({ type, bounded }) => [type, bounded]));
};

test('an operator without a rule is to blame, not those behind it', async () => {
  const nodes: NodeShorthand[] = [
    ['Gemm', ['x', 'w'], 'h'],
    ['Softsign', ['h'], 's'],
    ['Relu', ['s'], 'y'],
  ];
  expect(await described(nodes)).toEqual({ Gemm: true, Relu: true, Softsign: false });
});

test('a node may use an operator in a way that its rule refuses', async () => {
  const nodes: NodeShorthand[] = [
    ['Transpose', ['x'], 't'],
    ['Gemm', ['x', 't'], 'g'],
    ['MatMul', ['g', 'x'], 'y'],
  ];
  expect(await described(nodes)).toMatchObject({ Gemm: false, Transpose: true });
});

test('only float32 is bounded', async () => {
  const nodes: NodeShorthand[] = [
    ['Cast', ['x'], 'd', { to: 11 }],
    ['Relu', ['d'], 'r'],
    ['Cast', ['r'], 'y', { to: 1 }],
  ];
  expect(await described(nodes)).toEqual({ Cast: false, Relu: false });
});
