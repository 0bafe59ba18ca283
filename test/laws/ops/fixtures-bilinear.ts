// Products and quotients of two values that both depend on x: its halves along axis 1.
import { int64 } from '../../../src/base/tensor.js';
import type { Draw } from '../../helpers/draw.js';
import type { NodeShorthand } from '../../helpers/models.js';
import type { Fixture, Recipe } from './fixtures.js';

/** x [batch, 2 n, ...rest] -> a and b [batch, n, ...rest]. */
const halves: readonly NodeShorthand[] = [
  ['Slice', ['x', 'zero', 'half', 'along'], 'a'],
  ['Slice', ['x', 'half', 'all', 'along'], 'b'],
];

function halved(n: number, rest: readonly number[], rows: Omit<Recipe, 'shape' | 'before'>): Recipe {
  const cuts = { zero: int64([0]), half: int64([n]), all: int64([2 * n]), along: int64([1]) };
  return { shape: [2 * n, ...rest], before: halves, ...rows, constants: { ...cuts, ...rows.constants } };
}

const elementwise = (type: string): Fixture => ({
  opsets: [13],
  bits: true,
  draw: (draw) =>
    halved(draw.int(1, 3), draw.ints(draw.int(0, 2), 1, 3), { node: [type, ['a', 'b'], 'y'], terms: 1 }),
});

/** a b with the transpose of b, so that any lengths fit. */
const matmul: Fixture = {
  opsets: [13],
  draw: (draw) => {
    const [n, k] = [draw.int(1, 4), draw.int(1, 5)];
    const recipe = halved(n, [k], { node: ['MatMul', ['a', 'c'], 'y'], terms: k });
    return { ...recipe, before: [...halves, ['Transpose', ['b'], 'c', { perm: [0, 2, 1] }]] };
  },
};

/** So wide that rows are combined first. */
const wideMatmul: Fixture = {
  opsets: [13],
  draw: (draw) => {
    const k = draw.int(1, 3);
    const recipe = halved(8, [k], { node: ['MatMul', ['a', 'c'], 'y'], terms: k });
    return { ...recipe, before: [...halves, ['Transpose', ['b'], 'c', { perm: [0, 2, 1] }]] };
  },
};

const factor = (draw: Draw) => ({ float: Math.fround(draw.number('normal')) });

/** A computed bias; weights cannot depend on a batch. */
const gemm: Fixture = {
  opsets: [13],
  draw: (draw, flavour) => {
    const n = draw.int(1, 4);
    const [alpha, beta] = [factor(draw), factor(draw)];
    return halved(n, [], {
      node: ['Gemm', ['a', 'w', 'b'], 'y', { alpha, beta }],
      constants: { w: draw.tensor([n, n], flavour) },
      terms: n + 4,
    });
  },
};

export const bilinearFixtures: Readonly<Record<string, Fixture>> = {
  'Mul of two boxes': elementwise('Mul'),
  'Div of two boxes': elementwise('Div'),
  'MatMul of two boxes': matmul,
  'MatMul of two wide boxes': wideMatmul,
  'Gemm with a computed bias': gemm,
};
