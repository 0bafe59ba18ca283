// One row per operator: how to draw a one-node model that uses it.
import { float32, int64, type Tensor, tensor } from '../../../src/base/tensor.js';
import type { OperatorName } from '../../../src/ops/operators/index.js';
import type { Draw, Flavour } from '../../helpers/draw.js';
import type { AttributeShorthand, NodeShorthand } from '../../helpers/models.js';
import { scalar } from '../../helpers/models.js';
import { movementFixtures } from './fixtures-movement.js';
import { piecewiseFixtures } from './fixtures-piecewise.js';
import { reductionFixtures } from './fixtures-reduction.js';
import { smooth } from './fixtures-smooth.js';
import {
  averagePool,
  conv,
  convTranspose,
  globalAveragePool,
  globalMaxPool,
  maxPool,
} from './fixtures-spatial.js';

/** A one-node model x -> y. */
export type Recipe = {
  /** Of x, without the batch. */
  readonly shape: readonly number[];
  readonly node: NodeShorthand;
  /** Nodes between x and the node, for inputs that are no floats or take few values. */
  readonly before?: readonly NodeShorthand[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Terms of the longest sum; 0 for results without rounding. */
  readonly terms: number;
};

export type Fixture = {
  /** Opsets where the operator's form or meaning differs. */
  readonly opsets: readonly number[];
  draw(draw: Draw, flavour: Flavour, opset: number): Recipe;
  /** The program has ONNX Runtime's own kernel, so that results are equal to the last bit. */
  readonly bits?: boolean;
  /** y = W x + b: W is read off the model, and dot products in any order are tried. */
  readonly affine?: boolean;
};

const attributes = (given: Record<string, AttributeShorthand | undefined>) =>
  Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, AttributeShorthand] => entry[1] !== undefined),
  );

const shapeOf = (draw: Draw, from = 1, to = 3): number[] => draw.ints(draw.int(from, to), 1, 4);

/** x alone, a constant on either side (broadcast both ways), or x on both. */
const binary = (type: string): Fixture => ({
  opsets: [7, 13, 14],
  bits: true,
  draw: (draw, flavour) => {
    const shape = shapeOf(draw);
    const form = draw.int(0, 3);
    const smaller = shape.slice(draw.int(0, shape.length)).map((dim) => (draw.flag() ? dim : 1));
    const c = draw.tensor(form === 2 ? [1, ...shape.map((dim) => (dim === 1 ? 3 : dim))] : smaller, flavour);
    const inputs = form === 3 ? ['x', 'x'] : draw.flag() ? ['x', 'c'] : ['c', 'x'];
    // Sums with zeros have rules of their own.
    const isZero = (type === 'Add' || type === 'Sub') && draw.int(0, 3) === 0;
    const constant = isZero
      ? float32(new Float32Array(c.data.length).fill(draw.flag() ? 0 : -0), c.shape)
      : c;
    return { shape, node: [type, inputs, 'y'], constants: { c: constant }, terms: 1 };
  },
});

const unary = (type: string, terms = 1): Fixture => ({
  opsets: [7, 13],
  bits: true,
  draw: (draw) => ({ shape: shapeOf(draw), node: [type, ['x'], 'y'], terms }),
});

const matmul: Fixture = {
  opsets: [7, 13],
  draw: (draw, flavour) => {
    const [m, k, n, b] = [draw.int(1, 4), draw.int(1, 9), draw.int(1, 4), draw.int(1, 3)];
    const forms: readonly Recipe[] = [
      {
        shape: [k],
        node: ['MatMul', ['x', 'w'], 'y'],
        constants: { w: draw.tensor([k, n], flavour) },
        terms: k,
      },
      {
        shape: [m, k],
        node: ['MatMul', ['x', 'w'], 'y'],
        constants: { w: draw.tensor([k, n], flavour) },
        terms: k,
      },
      {
        shape: [b, m, k],
        node: ['MatMul', ['x', 'w'], 'y'],
        constants: { w: draw.tensor([b, k, n], flavour) },
        terms: k,
      },
      {
        shape: [k, n],
        node: ['MatMul', ['w', 'x'], 'y'],
        constants: { w: draw.tensor([m, k], flavour) },
        terms: k,
      },
      {
        shape: [m, k],
        node: ['MatMul', ['x', 'w'], 'y'],
        constants: { w: draw.tensor([k], flavour) },
        terms: k,
      },
      {
        shape: [m, k, n],
        node: ['MatMul', ['w', 'x'], 'y'],
        constants: { w: draw.tensor([k], flavour) },
        terms: k,
      },
      {
        shape: [1, k, n],
        node: ['MatMul', ['w', 'x'], 'y'],
        constants: { w: draw.tensor([b, m, k], flavour) },
        terms: k,
      },
    ];
    return draw.pick(forms);
  },
  affine: true,
};

/** Both sides depend on x. */
export const squareMatmul: Fixture = {
  opsets: [13],
  draw: (draw) => {
    const n = draw.int(1, 5);
    return { shape: [n, n], node: ['MatMul', ['x', 'x'], 'y'], terms: n };
  },
};

const gemm: Fixture = {
  opsets: [7, 9, 11, 13],
  affine: true,
  draw: (draw, flavour, opset) => {
    const [k, n] = [draw.int(1, 9), draw.int(1, 4)];
    const transB = draw.flag() ? 1 : 0;
    const bias = opset >= 11 && draw.int(0, 3) === 0 ? undefined : draw.pick([[n], [1, n], [1], [1, 1], []]);
    const plain = draw.flag();
    return {
      shape: [k],
      node: [
        'Gemm',
        ['x', 'w', ...(bias ? ['b'] : [])],
        'y',
        attributes({
          transB,
          alpha: plain ? undefined : { float: Math.fround(draw.number(flavour)) },
          beta: plain ? undefined : { float: Math.fround(draw.number('normal')) },
        }),
      ],
      constants: {
        w: draw.tensor(transB ? [n, k] : [k, n], flavour),
        ...(bias && { b: draw.tensor(bias, flavour) }),
      },
      terms: k,
    };
  },
};

const batchNormalization: Fixture = {
  opsets: [7, 9, 14, 15],
  draw: (draw, flavour) => {
    const shape = shapeOf(draw);
    const vector = () => draw.tensor([shape[0] ?? 1], flavour);
    const variance = float32(vector().data.map(Math.abs));
    return {
      shape,
      node: [
        'BatchNormalization',
        ['x', 'gain', 'beta', 'mean', 'variance'],
        'y',
        attributes({ epsilon: draw.flag() ? { float: 0.01 } : undefined }),
      ],
      constants: { gain: vector(), beta: vector(), mean: vector(), variance },
      terms: 4,
    };
  },
};

/** Few terms of almost no variance would make any rounding great: rows have 3 elements at least. */
const layerNormalization: Fixture = {
  opsets: [17],
  draw: (draw, flavour) => {
    const shape = [...draw.ints(draw.int(0, 2), 1, 3), draw.int(3, 6)];
    const axis = draw.pick([undefined, -1, shape.length, -draw.int(1, shape.length)]);
    const normalised = shape.slice((axis ?? -1) < 0 ? (axis ?? -1) : (axis ?? 0) - 1);
    const shift = draw.flag();
    return {
      shape,
      node: [
        'LayerNormalization',
        ['x', 'gain', ...(shift ? ['shift'] : [])],
        'y',
        attributes({ axis, epsilon: draw.flag() ? { float: 0.01 } : undefined }),
      ],
      constants: {
        gain: draw.tensor(normalised, flavour),
        ...(shift && { shift: draw.tensor(normalised, flavour) }),
      },
      terms: 200,
    };
  },
};

const channelNormalization = (
  type: string,
  opsets: readonly number[],
  form: (
    draw: Draw,
    opset: number,
  ) => { channels: number; parameters: number; attributes: Record<string, number> },
): Fixture => ({
  opsets,
  draw: (draw, flavour, opset) => {
    const { channels, parameters, attributes: given } = form(draw, opset);
    return {
      shape: [channels, ...draw.ints(draw.int(1, 2), 1, 2), 3],
      node: [type, ['x', 'gain', 'shift'], 'y', given],
      constants: { gain: draw.tensor([parameters], flavour), shift: draw.tensor([parameters], flavour) },
      terms: 200,
    };
  },
});

const groupNormalization = channelNormalization('GroupNormalization', [18, 21], (draw, opset) => {
  const [groups, members] = [draw.int(1, 3), draw.int(1, 3)];
  const parameters = opset < 21 ? groups : groups * members;
  return { channels: groups * members, parameters, attributes: { num_groups: groups } };
});

const instanceNormalization = channelNormalization('InstanceNormalization', [7, 13], (draw) => {
  const channels = draw.int(1, 3);
  return { channels, parameters: channels, attributes: {} };
});

const softmax = (type: string): Fixture => ({
  opsets: [7, 11, 13],
  draw: (draw, _flavour, opset) => {
    const shape = shapeOf(draw);
    const axis = draw.pick([
      undefined,
      draw.int(1, shape.length),
      opset < 11 ? 1 : -draw.int(1, shape.length),
    ]);
    return { shape, node: [type, ['x'], 'y', attributes({ axis })], terms: 200 };
  },
});

const log: Fixture = { ...unary('Log'), opsets: [7, 13] };

/** Squeeze and Unsqueeze: axes are an attribute before opset 13. */
const withAxes = (type: string, opset: number, axes: readonly number[]) =>
  opset < 13
    ? { node: [type, ['x'], 'y', { axes }] as const }
    : { node: [type, ['x', 'axes'], 'y'] as const, constants: { axes: int64(axes) } };

const moving = (
  opsets: readonly number[],
  recipe: (draw: Draw, opset: number) => Omit<Recipe, 'terms'>,
): Fixture => ({
  opsets,
  bits: true,
  draw: (draw, _flavour, opset) => ({ ...recipe(draw, opset), terms: 0 }),
});

const permutation = (draw: Draw, rank: number): number[] => {
  const axes = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
  return [
    0,
    ...axes
      .map((axis) => ({ axis, key: draw.uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ axis }) => axis),
  ];
};

/** One to three values, x or constants that broadcast, either way. */
const variadic = (type: string): Fixture => ({
  opsets: [8, 13],
  draw: (draw, flavour) => {
    const shape = shapeOf(draw);
    const smaller = () => shape.slice(draw.int(0, shape.length)).map((dim) => (draw.flag() ? dim : 1));
    const larger = [1, ...shape.map((dim) => (dim === 1 ? 3 : dim))];
    const inputs = ['x', ...['x', 'c', 'd'].filter(() => draw.flag())];
    const constants = { c: draw.tensor(smaller(), flavour), d: draw.tensor(larger, flavour) };
    return { shape, node: [type, inputs, 'y'], constants, terms: inputs.length };
  },
});

/** Sizes by letter; b is the batch. */
const letters: Readonly<Record<string, number>> = { c: 3, d: 2, e: 4, h: 2 };
const sizesIn = (text: string): number[] => [...text].map((letter) => letters[letter] ?? 1);

const einsum: Fixture = {
  opsets: [12, 13],
  affine: true,
  draw: (draw, flavour) => {
    const equation = draw.pick([
      'bdc,ec->bde',
      'bc,ce->be',
      'ec,bdc->bde',
      'bhdc,hec->bdhe',
      'bcd,ce',
      'bcd,dc->b',
    ]);
    const [left = '', right = ''] = (equation.split('->')[0] ?? '').split(',');
    const [ofX, ofW] = left.startsWith('b') ? [left, right] : [right, left];
    const inputs = left.startsWith('b') ? ['x', 'w'] : ['w', 'x'];
    return {
      shape: sizesIn(ofX.slice(1)),
      node: ['Einsum', inputs, 'y', { equation }],
      constants: { w: draw.tensor(sizesIn(ofW), flavour) },
      terms: 6,
    };
  },
};

/** Both operands depend on x. */
export const squareEinsum: Fixture = {
  opsets: [13],
  draw: (draw) => {
    const equation = draw.pick(['bij,bjk->bik', 'bij,bkj->bki', 'bij,bij->b', 'bij,bik->bjk']);
    const n = draw.int(1, 4);
    return { shape: [n, n], node: ['Einsum', ['x', 'x'], 'y', { equation }], terms: n * n };
  },
};

export const fixtures = {
  ...piecewiseFixtures,
  ...movementFixtures,
  Add: binary('Add'),
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Concat: moving([7, 11, 13], (draw) => {
    const shape = shapeOf(draw);
    return { shape, node: ['Concat', ['x', 'x'], 'y', { axis: draw.int(1, shape.length) }] };
  }),
  Conv: conv,
  ConvTranspose: convTranspose,
  Div: binary('Div'),
  Dropout: moving([7, 10, 12, 13], (draw, opset) =>
    opset < 12
      ? { shape: shapeOf(draw), node: ['Dropout', ['x'], 'y', { ratio: { float: 0.3 } }] }
      : {
          shape: shapeOf(draw),
          node: ['Dropout', ['x', 'ratio', ...(draw.flag() ? ['training'] : [])], 'y'],
          constants: { ratio: scalar(0.3), training: tensor('bool', [], Uint8Array.of(0)) },
        },
  ),
  Einsum: einsum,
  Exp: unary('Exp'),
  Flatten: moving([7, 9, 13], (draw) => ({
    shape: shapeOf(draw),
    node: ['Flatten', ['x'], 'y', { axis: 1 }],
  })),
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  GroupNormalization: groupNormalization,
  Identity: moving([7, 13], (draw) => ({ shape: shapeOf(draw), node: ['Identity', ['x'], 'y'] })),
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  Log: log,
  LogSoftmax: softmax('LogSoftmax'),
  MatMul: matmul,
  MaxPool: maxPool,
  Mean: variadic('Mean'),
  Mul: binary('Mul'),
  Neg: unary('Neg', 0),
  ...reductionFixtures,
  Relu: unary('Relu', 0),
  Reshape: moving([7, 13, 21], (draw) => {
    const [a, b] = [draw.int(1, 4), draw.int(1, 4)];
    const target = draw.pick([
      [-1, a * b],
      [0, b, a],
      [-1, 1, b, a],
      [0, -1],
    ]);
    return { shape: [a, b], node: ['Reshape', ['x', 'to'], 'y'], constants: { to: int64(target) } };
  }),
  Sigmoid: unary('Sigmoid'),
  Softmax: softmax('Softmax'),
  Squeeze: moving([7, 11, 13], (draw, opset) => ({
    shape: [draw.int(1, 3), 1, 2],
    ...withAxes('Squeeze', opset, [2]),
  })),
  Sub: binary('Sub'),
  Sum: variadic('Sum'),
  Tanh: unary('Tanh'),
  Transpose: moving([7, 13], (draw) => {
    const shape = shapeOf(draw);
    return { shape, node: ['Transpose', ['x'], 'y', { perm: permutation(draw, shape.length + 1) }] };
  }),
  Unsqueeze: moving([7, 11, 13], (draw, opset) => ({
    shape: shapeOf(draw),
    ...withAxes('Unsqueeze', opset, [1]),
  })),
  ...smooth,
} satisfies Record<OperatorName, Fixture>;
