// The fuzzer does not watch results of operators that "keep finite": each claim is tried on ONNX Runtime with extremes.
import { describe, expect, test } from 'vitest';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import { float32, int64, type Tensor, tensor } from '../../src/base/tensor.js';
import { anyNonFinite, finiteTaps, preserving } from '../../src/ops/finite-taps.js';
import { lowerModel } from '../../src/ops/lower-model.js';
import { compile } from '../../src/program/compile.js';
import { encodeModel } from '../../src/program/emit.js';
import { Program } from '../../src/program/program.js';
import { floatsOf } from '../helpers/bounding.js';
import { modelOf, type NodeShorthand, scalar } from '../helpers/models.js';
import { opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';

const greatest = 3.4028234663852886e38;
const extremes = [greatest, -greatest, 2 ** -149, -(2 ** -149), 2 ** -126, 0, -0, 88.8, -104, 1e19];
const width = 4;

/** Every choice of `width` extremes, [rows, 1, width]. */
function extremeRows(): Tensor<'float32'> {
  const rows = extremes.length ** width;
  const data = Float32Array.from({ length: rows * width }, (_, at) => {
    const digit = Math.floor(Math.floor(at / width) / extremes.length ** (at % width)) % extremes.length;
    return extremes[digit] ?? 0;
  });
  return float32(data, [rows, 1, width]);
}

const flip: NodeShorthand = ['Transpose', ['x'], 't', { perm: [0, 2, 1] }];
type Form = {
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: Readonly<Record<string, Tensor>>;
};
const unary = (type: string, attributes: NodeShorthand[3] = {}): Form => ({
  nodes: [[type, ['x'], 'y', attributes]],
});

const forms: Readonly<Record<string, readonly Form[]>> = {
  Relu: [unary('Relu')],
  Sigmoid: [unary('Sigmoid')],
  Tanh: [unary('Tanh')],
  Erf: [unary('Erf')],
  Elu: [unary('Elu'), unary('Elu', { alpha: { float: greatest } })],
  Softplus: [unary('Softplus')],
  Sin: [unary('Sin')],
  Cos: [unary('Cos')],
  Softmax: [
    unary('Softmax'),
    unary('Softmax', { axis: 1 }),
    { nodes: [flip, ['Softmax', ['t'], 'y', { axis: 1 }]] },
  ],
  Clip: [
    unary('Clip'),
    { nodes: [['Clip', ['x', 'a', 'b'], 'y']], constants: { a: scalar(-greatest), b: scalar(6) } },
    { nodes: [['Clip', ['x', 'a'], 'y']], constants: { a: scalar(greatest) } },
  ],
  HardSigmoid: [
    unary('HardSigmoid'),
    unary('HardSigmoid', { alpha: { float: -1e30 }, beta: { float: 1e30 } }),
  ],
  ThresholdedRelu: [unary('ThresholdedRelu'), unary('ThresholdedRelu', { alpha: { float: -1e38 } })],
  Neg: [unary('Neg')],
  Abs: [unary('Abs')],
  Sign: [unary('Sign')],
  Floor: [unary('Floor')],
  Ceil: [unary('Ceil')],
  Round: [unary('Round')],
  Min: [
    {
      nodes: [
        ['Neg', ['x'], 'n'],
        ['Min', ['x', 'n', 'c'], 'y'],
      ],
      constants: { c: scalar(5) },
    },
  ],
  Max: [
    {
      nodes: [
        ['Neg', ['x'], 'n'],
        ['Max', ['x', 'n', 'c'], 'y'],
      ],
      constants: { c: scalar(5) },
    },
  ],
  MaxPool: [
    unary('MaxPool', { kernel_shape: [2] }),
    unary('MaxPool', { kernel_shape: [3], pads: [2, 2] }),
    unary('MaxPool', { kernel_shape: [2], pads: [1, 1], strides: [3], ceil_mode: 1 }),
  ],
  Flatten: [unary('Flatten')],
  Reshape: [{ nodes: [['Reshape', ['x', 'to'], 'y']], constants: { to: int64([0, 2, 2]) } }],
  Squeeze: [{ nodes: [['Squeeze', ['x', 'axes'], 'y']], constants: { axes: int64([1]) } }],
  Unsqueeze: [{ nodes: [['Unsqueeze', ['x', 'axes'], 'y']], constants: { axes: int64([1]) } }],
  Transpose: [unary('Transpose', { perm: [0, 2, 1] })],
  Identity: [unary('Identity')],
  Concat: [
    {
      nodes: [
        ['Neg', ['x'], 'n'],
        ['Concat', ['x', 'n'], 'y', { axis: 2 }],
      ],
    },
  ],
  Split: [
    { nodes: [['Split', ['x', 'sizes'], ['y', 'z'], { axis: 2 }]], constants: { sizes: int64([1, 3]) } },
  ],
  Slice: [
    {
      nodes: [['Slice', ['x', 'from', 'to', 'axes'], 'y']],
      constants: { from: int64([1]), to: int64([9]), axes: int64([2]) },
    },
  ],
  Gather: [{ nodes: [['Gather', ['x', 'at'], 'y', { axis: 2 }]], constants: { at: int64([3, 0, -1, 3]) } }],
  Expand: [{ nodes: [['Expand', ['x', 'to'], 'y']], constants: { to: int64([1, 3, 1]) } }],
  Tile: [{ nodes: [['Tile', ['x', 'times'], 'y']], constants: { times: int64([1, 2, 2]) } }],
  Where: [
    {
      nodes: [
        ['Neg', ['x'], 'n'],
        ['Where', ['c', 'x', 'n'], 'y'],
      ],
      constants: { c: tensor('bool', [4], Uint8Array.of(1, 0, 0, 1)) },
    },
  ],
  QuantizeLinear: [
    {
      nodes: [
        ['QuantizeLinear', ['x', 's', 'z'], 'q'],
        ['DequantizeLinear', ['q', 's', 'z'], 'y'],
      ],
      constants: { s: scalar(0.1), z: tensor('uint8', [], Uint8Array.of(7)) },
    },
  ],
};

test('every claim is tried', () => {
  expect(Object.keys(forms).sort()).toEqual([...preserving].sort());
});

describe.each(Object.entries(forms))('%s', (_type, all) => {
  test.each(all.map((form, at) => ({ at, ...form })))(
    'form $at keeps finite',
    async ({ nodes, constants }) => {
      for (const opset of [13, 17]) {
        const file = modelOf(['batch', 1, width], nodes, constants, opset);
        const { model } = await opened(file);
        for (const optimization of ['all', 'disabled'] as const) {
          const session = await inline.open(encodeModel(file), optimization);
          const { y } = await session.run({ x: extremeRows() });
          const values = floatsOf(y);
          expect(values.findIndex((value) => !Number.isFinite(value))).toBe(-1);
        }
        expect(
          await (await openExecutable(model, encodeModel(file), inline)).run(extremeRows()),
        ).toBeDefined();
      }
    },
  );
});

describe('watching', () => {
  const watch = async (nodes: readonly NodeShorthand[], constants: Readonly<Record<string, Tensor>>) => {
    const { model } = await opened(modelOf(['batch', 1, width], nodes, constants));
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 1, width]);
    const taps = finiteTaps(model, lowerModel(p, model, x));
    const session = await compile(p, { seen: anyNonFinite(p, taps, x) }, inline);
    return async (values: readonly number[]) => {
      const { seen } = await session.run({ x: float32(values, [values.length / width, 1, width]) });
      return Array.from(seen?.data ?? [], Number);
    };
  };

  test('huge finite values are not mistaken for infinity, row by row', async () => {
    const seen = await watch([['Mul', ['x', 'one'], 'y']], { one: scalar(1) });
    const huge = new Array<number>(width).fill(greatest);
    expect(await seen([...huge, 0, 0, Number.NaN, 0, ...huge, 0, -Infinity, Infinity, 0])).toEqual([
      0, 1, 0, 1,
    ]);
  });

  test.each<[string, readonly NodeShorthand[]]>([
    ['Max', [['Max', ['x', 'c'], 'y']]],
    ['Min', [['Min', ['d', 'x'], 'y']]],
    ['Where', [['Where', ['mask', 'x', 'c'], 'y']]],
  ])('an infinite constant that %s puts into its result is seen', async (_type, nodes) => {
    const constants: Record<string, Tensor> = {
      c: scalar(Infinity),
      d: scalar(-Infinity),
      mask: tensor('bool', [4], Uint8Array.of(1, 1, 1, 0)),
    };
    const read = new Set(nodes.flatMap(([, inputs]) => inputs));
    const used = Object.fromEntries(Object.entries(constants).filter(([name]) => read.has(name)));
    const seen = await watch(nodes, used);
    expect(await seen([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 1]);
  });

  test('values whose first axis is not the batch are seen for every row', async () => {
    const seen = await watch(
      [
        ['Reshape', ['x', 'flat'], 'f'],
        ['Exp', ['f'], 'e'],
        ['Reshape', ['e', 'to'], 'y'],
      ],
      { flat: int64([-1]), to: int64([-1, 1, width]) },
    );
    expect(await seen([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([0, 0]);
    expect(await seen([1, 2, 3, 4, 5, 6, 7, 100])).toEqual([1, 1]);
  });
});
