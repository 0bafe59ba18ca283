// Fixtures of reductions: axes from either end, as attribute or input, kept or dropped.
import { int64 } from '../../../src/base/tensor.js';
import type { Fixture } from './fixtures.js';

/** @param inputSince opset from which axes are an input */
const reduction = (type: string, inputSince: number, rounds: boolean): Fixture => ({
  opsets: [7, 11, 13, 18],
  affine: rounds,
  bits: !rounds,
  draw: (draw, _flavour, opset) => {
    const shape = draw.ints(draw.int(1, 3), 1, 4);
    const axes = [...new Set(draw.ints(draw.int(1, shape.length), 1, shape.length))];
    const signed = opset < 11 ? axes : axes.map((axis) => (draw.flag() ? axis : axis - shape.length - 1));
    const keepdims = draw.flag() ? 0 : 1;
    const terms = rounds ? axes.reduce((product, axis) => product * (shape[axis - 1] ?? 1), 1) : 0;
    return opset < inputSince
      ? { shape, node: [type, ['x'], 'y', { axes: signed, keepdims }], terms }
      : { shape, node: [type, ['x', 'axes'], 'y', { keepdims }], constants: { axes: int64(signed) }, terms };
  },
});

export const reductionFixtures = {
  ReduceMax: reduction('ReduceMax', 18, false),
  ReduceMean: reduction('ReduceMean', 18, true),
  ReduceMin: reduction('ReduceMin', 18, false),
  ReduceSum: reduction('ReduceSum', 13, true),
} satisfies Record<string, Fixture>;
