// Fixtures of smooth functions of one variable.
import { int64 } from '../../../src/base/tensor.js';
import type { Draw, Flavour } from '../../helpers/draw.js';
import { type NodeShorthand, scalar } from '../../helpers/models.js';
import type { Fixture } from './fixtures.js';

type Attributes = (draw: Draw) => NonNullable<NodeShorthand[3]>;
type Options = {
  readonly opsets: readonly number[];
  readonly bits?: boolean;
  readonly attributes?: Attributes;
};

const shapeOf = (draw: Draw): number[] => draw.ints(draw.int(1, 3), 1, 4);

const unary = (type: string, { opsets, bits = true, attributes }: Options): Fixture => ({
  opsets,
  bits,
  draw: (draw) => ({
    shape: shapeOf(draw),
    node: [type, ['x'], 'y', draw.flag() ? {} : (attributes?.(draw) ?? {})],
    terms: 1,
  }),
});

const number = (draw: Draw, from: number, to: number) => ({
  float: Math.fround(from + (to - from) * draw.uniform()),
});

const exponents = [2, 3, 0.5, -1, 1, 0, 4, 5, -2, -3, 1.5, 2.5, 0.1, -0.7] as const;

/** An exponent for all elements, as float or integer, of a shape that broadcasts; one for each; or the base. */
const pow: Fixture = {
  opsets: [7, 12, 13, 15],
  bits: true,
  draw: (draw, _flavour: Flavour, opset) => {
    const shape = shapeOf(draw);
    const recipe = (inputs: readonly string[]) => ({ shape, node: ['Pow', inputs, 'y'] as const, terms: 20 });
    const exponent = draw.pick(exponents);
    if (opset >= 12 && Number.isInteger(exponent) && draw.flag())
      return { ...recipe(['x', 'e']), constants: { e: int64([exponent]) } };
    const form = draw.int(0, 4);
    if (form === 0) return recipe(['x', 'x']);
    const each = form === 1 ? shape.map((dim) => (draw.flag() ? dim : 1)) : [1, ...shape];
    const filled = draw.tensor(each);
    const value = filled.data.fill(exponent);
    if (form < 3) return { ...recipe(['x', 'e']), constants: { e: { ...filled, data: value } } };
    return { ...recipe(['x', 'e']), constants: { e: scalar(exponent) } };
  },
};

export const smooth = {
  Cos: unary('Cos', { opsets: [7, 22] }),
  Elu: unary('Elu', {
    opsets: [7, 22],
    bits: false,
    attributes: (draw) => ({ alpha: number(draw, 0, 3) }),
  }),
  Erf: unary('Erf', { opsets: [9, 13] }),
  Gelu: unary('Gelu', {
    opsets: [20],
    bits: false,
    attributes: (draw) => ({ approximate: draw.pick(['none', 'tanh']) }),
  }),
  Mish: {
    opsets: [18],
    draw: (draw) => ({ shape: shapeOf(draw), node: ['Mish', ['x'], 'y'], terms: 4 }),
  },
  Pow: pow,
  Reciprocal: unary('Reciprocal', { opsets: [7, 13] }),
  Selu: unary('Selu', {
    opsets: [7, 22],
    bits: false,
    attributes: (draw) => ({ alpha: number(draw, 0, 3), gamma: number(draw, 0.1, 3) }),
  }),
  Sin: unary('Sin', { opsets: [7, 22] }),
  Softplus: unary('Softplus', { opsets: [7, 22] }),
  Softsign: unary('Softsign', { opsets: [7, 22], bits: false }),
  Sqrt: unary('Sqrt', { opsets: [7, 13] }),
} satisfies Record<string, Fixture>;
