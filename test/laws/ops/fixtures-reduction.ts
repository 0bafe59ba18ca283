// Fixtures of reductions: axes from either end, as attribute or input, kept or dropped.
import { int64 } from '../../../src/base/tensor.js';
import type { Fixture } from './fixtures.js';

type Kind = 'exact' | 'affine' | 'curved';

/** @param inputSince opset from which axes are an input */
const reduction = (type: string, inputSince: number, kind: Kind): Fixture => ({
  opsets: [7, 11, 13, 18],
  affine: kind === 'affine',
  bits: kind === 'exact',
  draw: (draw, _flavour, opset) => {
    const shape = draw.ints(draw.int(1, 3), 1, 4);
    const axes = [...new Set(draw.ints(draw.int(1, shape.length), 1, shape.length))];
    const signed = opset < 11 ? axes : axes.map((axis) => (draw.flag() ? axis : axis - shape.length - 1));
    const keepdims = draw.flag() ? 0 : 1;
    const count = axes.reduce((product, axis) => product * (shape[axis - 1] ?? 1), 1);
    const terms = { exact: 0, affine: count, curved: count + 100 }[kind];
    return opset < inputSince
      ? { shape, node: [type, ['x'], 'y', { axes: signed, keepdims }], terms }
      : { shape, node: [type, ['x', 'axes'], 'y', { keepdims }], constants: { axes: int64(signed) }, terms };
  },
});

export const reductionFixtures = {
  CumSum: {
    opsets: [11, 14],
    affine: true,
    draw: (draw) => {
      const shape = draw.ints(draw.int(1, 3), 1, 4);
      const axis = draw.int(1, shape.length);
      const node = [
        'CumSum',
        ['x', 'axis'],
        'y',
        { exclusive: draw.int(0, 1), reverse: draw.int(0, 1) },
      ] as const;
      const written = int64([draw.flag() ? axis : axis - shape.length - 1], []);
      return { shape, node, constants: { axis: written }, terms: shape[axis - 1] ?? 1 };
    },
  },
  ReduceL1: reduction('ReduceL1', 18, 'curved'),
  ReduceL2: reduction('ReduceL2', 18, 'curved'),
  ReduceLogSumExp: reduction('ReduceLogSumExp', 18, 'curved'),
  ReduceMax: reduction('ReduceMax', 18, 'exact'),
  ReduceMean: reduction('ReduceMean', 18, 'affine'),
  ReduceMin: reduction('ReduceMin', 18, 'exact'),
  ReduceSum: reduction('ReduceSum', 13, 'affine'),
  ReduceSumSquare: reduction('ReduceSumSquare', 18, 'curved'),
} satisfies Record<string, Fixture>;
