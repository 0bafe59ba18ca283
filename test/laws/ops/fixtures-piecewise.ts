// Fixtures of piecewise linear functions, steps, comparisons, choices and quantisation.
import { tensor } from '../../../src/base/tensor.js';
import type { Draw, Flavour } from '../../helpers/draw.js';
import { type NodeShorthand, scalar } from '../../helpers/models.js';
import type { Fixture, Recipe } from './fixtures.js';

const shapeOf = (draw: Draw): number[] => draw.ints(draw.int(1, 3), 1, 4);
const number = (draw: Draw, flavour: Flavour = 'normal') => ({ float: Math.fround(draw.number(flavour)) });

/** A shape that broadcasts to `shape`. */
const smaller = (draw: Draw, shape: readonly number[]): number[] =>
  shape.slice(draw.int(0, shape.length)).map((dim) => (draw.flag() ? dim : 1));

type Attributes = (draw: Draw, flavour: Flavour) => NonNullable<NodeShorthand[3]>;

const unary = (type: string, opsets: readonly number[], terms: number, attributes?: Attributes): Fixture => ({
  opsets,
  bits: true,
  draw: (draw, flavour) => ({
    shape: shapeOf(draw),
    node: [type, ['x'], 'y', draw.flag() ? {} : (attributes?.(draw, flavour) ?? {})],
    terms,
  }),
});

const pRelu: Fixture = {
  opsets: [7, 9, 16],
  bits: true,
  draw: (draw, flavour) => {
    const shape = shapeOf(draw);
    const constants = { slope: draw.tensor(smaller(draw, shape), flavour) };
    return { shape, node: ['PRelu', ['x', 'slope'], 'y'], constants, terms: 1 };
  },
};

const clip: Fixture = {
  opsets: [7, 11, 12, 13],
  bits: true,
  draw: (draw, _flavour, opset) => {
    const shape = shapeOf(draw);
    const [least, most] = [draw.number('normal'), draw.number('normal') + (draw.int(0, 3) === 0 ? 0 : 2)];
    const [low, high] = [draw.flag(), draw.flag()];
    if (opset < 11) {
      // Limits that cross are refused.
      const attributes = {
        ...(low && { min: { float: -2 } }),
        ...(high && { max: { float: Math.fround(most) } }),
      };
      return { shape, node: ['Clip', ['x'], 'y', attributes], terms: 0 };
    }
    const inputs = ['x', low ? 'least' : '', ...(high ? ['most'] : [])];
    const constants = { ...(low && { least: scalar(least) }), ...(high && { most: scalar(most) }) };
    return { shape, node: ['Clip', inputs, 'y'], constants, terms: 0 };
  },
};

/** Whole numbers near 0, so that different values meet. */
const few: readonly NodeShorthand[] = [['Floor', ['x'], 'few']];

/** Up to three values: x, its opposite and a constant that broadcasts. */
const extremum = (type: string): Fixture => ({
  opsets: [8, 12, 13],
  bits: true,
  draw: (draw, flavour) => {
    const shape = shapeOf(draw);
    const inputs = draw.pick([['x'], ['x', 'c'], ['c', 'n'], ['n', 'x'], ['x', 'n', 'c']]);
    return {
      shape,
      before: [['Neg', ['x'], 'n']],
      node: [type, inputs, 'y'],
      constants: { c: draw.tensor(smaller(draw, shape), flavour) },
      terms: 0,
    };
  },
});

const comparison = (type: string, opsets: readonly number[]): Fixture => ({
  opsets,
  bits: true,
  draw: (draw, flavour) => {
    const shape = shapeOf(draw);
    const inputs = draw.pick([
      ['x', 'c'],
      ['few', 'none'],
      ['none', 'few'],
      ['few', 'x'],
    ]);
    const constants = { c: draw.tensor(smaller(draw, shape), flavour), none: scalar(0) };
    return { shape, before: few, node: [type, inputs, 'y'], constants, terms: 0 };
  },
});

/** Two conditions on x. */
const conditions: readonly NodeShorthand[] = [
  ['Greater', ['x', 'c'], 'above'],
  ['Less', ['x', 'd'], 'below'],
];

const conditional = (
  opsets: readonly number[],
  recipe: (draw: Draw, flavour: Flavour) => NodeShorthand,
): Fixture => ({
  opsets,
  bits: true,
  draw: (draw, flavour): Recipe => {
    const shape = shapeOf(draw);
    const [c, d] = [draw.tensor(smaller(draw, shape)), draw.tensor(smaller(draw, shape), flavour)];
    const mask = tensor('bool', [], Uint8Array.of(draw.int(0, 1)));
    const node = recipe(draw, flavour);
    return { shape, before: conditions, node, constants: { c, d, mask }, terms: 0 };
  },
});

const logic = (type: string): Fixture =>
  conditional([9, 13], (draw) => [
    type,
    draw.pick([
      ['above', 'below'],
      ['above', 'mask'],
      ['mask', 'below'],
    ]),
    'y',
  ]);

/** Numbers of ONNX's TensorProto.DataType. */
const types = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 };

/** Conversions out of the integer type's range differ between processors: they are left to the bounds' own test. */
const cast: Fixture = {
  opsets: [7, 9, 13, 19],
  bits: true,
  draw: (draw) => {
    const to = draw.pick(Object.values(types));
    const before: readonly NodeShorthand[] = [
      ['Greater', ['x', 'c'], 'flag'],
      ['Cast', ['x'], 'whole', { to: types.int32 }],
      ['Abs', ['x'], 'size'],
    ];
    const from = to === types.uint8 ? 'size' : draw.pick(['x', 'flag', 'whole']);
    const node: NodeShorthand = ['Cast', [from], 'y', { to }];
    return { shape: shapeOf(draw), before, node, constants: { c: scalar(0.5) }, terms: 0 };
  },
};

/** Scale and zero point, for all or for each place along an axis; a zero point left out is that of uint8. */
function grid(draw: Draw, opset: number) {
  const shape = shapeOf(draw);
  const axis = draw.int(1, shape.length);
  const perAxis = opset >= 13 && draw.flag();
  const size = perAxis ? (shape[axis - 1] ?? 1) : 1;
  const scales = draw.tensor([size]).data.map((value) => Math.abs(value) * 0.02 + 0.005);
  const signed = draw.flag();
  const places = draw.ints(size, signed ? -128 : 0, signed ? 127 : 255);
  const like = perAxis ? [size] : draw.pick([[], [1]]);
  const zero = signed
    ? tensor('int8', like, Int8Array.from(places))
    : tensor('uint8', like, Uint8Array.from(places));
  const given = draw.int(0, 3) > 0;
  const parameters = ['scale', ...(given ? ['zero'] : [])];
  const scale = tensor('float32', like, scales);
  const sided: NonNullable<NodeShorthand[3]> = perAxis
    ? { axis: draw.flag() ? axis : axis - shape.length - 1 }
    : {};
  return { shape, parameters, sided, constants: { scale, ...(given && { zero }) } };
}

/** The point law only says that one step more may be possible: a quotient may be near the middle of two steps. */
const oneStep = 2 ** 20;

const quantizeLinear: Fixture = {
  opsets: [10, 13, 19, 21],
  bits: true,
  draw: (draw, _flavour, opset) => {
    const { shape, parameters, sided, constants } = grid(draw, opset);
    return { shape, node: ['QuantizeLinear', ['x', ...parameters], 'y', sided], constants, terms: oneStep };
  },
};

const dequantizeLinear: Fixture = {
  opsets: [10, 13, 19, 21],
  bits: true,
  draw: (draw, _flavour, opset) => {
    const { shape, parameters, sided, constants } = grid(draw, opset);
    const node: NodeShorthand = ['DequantizeLinear', ['q', ...parameters], 'y', sided];
    const before: NodeShorthand[] = [['QuantizeLinear', ['x', ...parameters], 'q', sided]];
    return { shape, before, node, constants, terms: oneStep };
  },
};

export const piecewiseFixtures = {
  Abs: unary('Abs', [7, 13], 0),
  And: logic('And'),
  Cast: cast,
  Ceil: unary('Ceil', [7, 13], 0),
  Clip: clip,
  DequantizeLinear: dequantizeLinear,
  Equal: comparison('Equal', [11, 13, 19]),
  Floor: unary('Floor', [7, 13], 0),
  Greater: comparison('Greater', [7, 9, 13]),
  GreaterOrEqual: comparison('GreaterOrEqual', [12, 16]),
  HardSigmoid: unary('HardSigmoid', [7, 22], 6, (draw) => ({ alpha: number(draw), beta: number(draw) })),
  HardSwish: unary('HardSwish', [14, 22], 6),
  IsInf: unary('IsInf', [10, 20], 0),
  IsNaN: unary('IsNaN', [9, 13, 20], 0),
  LeakyRelu: unary('LeakyRelu', [7, 16], 1, (draw, flavour) => ({ alpha: number(draw, flavour) })),
  Less: comparison('Less', [7, 9, 13]),
  LessOrEqual: comparison('LessOrEqual', [12, 16]),
  Max: extremum('Max'),
  Min: extremum('Min'),
  Not: conditional([9], (draw) => ['Not', [draw.pick(['above', 'below'])], 'y']),
  Or: logic('Or'),
  PRelu: pRelu,
  QuantizeLinear: quantizeLinear,
  Round: unary('Round', [11, 22], 0),
  Sign: unary('Sign', [9, 13], 0),
  ThresholdedRelu: unary('ThresholdedRelu', [10, 22], 0, (draw) => ({ alpha: number(draw) })),
  Where: conditional([9, 16], (draw) => [
    'Where',
    draw.pick([
      ['above', 'x', 'd'],
      ['below', 'c', 'd'],
      ['mask', 'x', 'd'],
      ['mask', 'c', 'x'],
    ]),
    'y',
  ]),
  Xor: logic('Xor'),
} satisfies Record<string, Fixture>;
