// (2^e + x) - 2^e: x in real arithmetic, and 0 in float32 in every order that meets 2^e and x before -2^e. Every way of writing it.
import { float32, int64 } from '../../../../src/base/tensor.js';
import type { Model } from '../../../../src/graph/graph.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { type AdversarialCase, atMost, type Family } from '../case.js';

/** Where x, 2^e and -2^e come in a sum. */
const arrangements = { 'x first': [0, 1, 2], 'x between': [1, 0, 2], 'x last': [1, 2, 0] } as const;
type Arrangement = keyof typeof arrangements;

/** [x, great, -great] in the arrangement. */
const arranged = (arrangement: Arrangement, great: number) => {
  const order = arrangements[arrangement];
  return {
    /** First layer: x where it belongs, constants elsewhere. */
    weights: order.map((term) => (term === 0 ? 1 : 0)),
    biases: order.map((term) => (term === 0 ? 0 : great)),
    signs: order.map((term) => (term === 2 ? -1 : 1)),
    signed: order.map((term) => (term === 0 ? 0 : term === 1 ? great : -great)),
  };
};

const one = float32([1], [1, 1]);
const up: NodeShorthand = ['Gemm', ['x', 'w', 'b'], 'h'];

type Layout = (great: number, arrangement: Arrangement) => Model;

/** x + great in one node, - great in another. */
const chain =
  (nodes: readonly NodeShorthand[], shape: readonly (number | string)[] = ['batch', 1]): Layout =>
  (great) =>
    modelOf(shape, nodes, {
      one,
      great: float32([great]),
      less: float32([-great]),
    });

/** A first layer makes the three terms, and a node sums them. */
const summed =
  (nodes: readonly NodeShorthand[], signedFirst = false): Layout =>
  (great, arrangement) => {
    const { weights, biases, signs, signed } = arranged(arrangement, great);
    return modelOf(['batch', 1], [up, ...nodes], {
      w: float32(weights, [1, 3]),
      b: float32(signedFirst ? signed : biases),
      signs: float32(signs, [3, 1]),
      kernel: float32(signs, [1, 1, 3]),
      channels: float32(signs, [1, 3, 1]),
      line: int64([0, 1, 3]),
      column: int64([0, 3, 1]),
      axis: int64([1]),
      flat: int64([0, 1]),
    });
  };

const layouts = {
  'Gemm twice': chain([
    ['Gemm', ['x', 'one', 'great'], 'h'],
    ['Gemm', ['h', 'one', 'less'], 'y'],
  ]),
  'Gemm, Relu, Gemm': chain([
    ['Gemm', ['x', 'one', 'great'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'one', 'less'], 'y'],
  ]),
  'MatMul and Add twice': chain([
    ['MatMul', ['x', 'one'], 'p'],
    ['Add', ['p', 'great'], 'h'],
    ['MatMul', ['h', 'one'], 'q'],
    ['Add', ['q', 'less'], 'y'],
  ]),
  'Add twice': chain([
    ['Add', ['x', 'great'], 'h'],
    ['Add', ['h', 'less'], 'y'],
  ]),
  'Add and Sub behind Relu': chain([
    ['Relu', ['x'], 'r'],
    ['Add', ['great', 'r'], 'h'],
    ['Sub', ['h', 'great'], 'y'],
  ]),
  'residual Adds': chain([
    ['MatMul', ['x', 'one'], 'p'],
    ['Add', ['p', 'great'], 'h'],
    ['Relu', ['h'], 'r'],
    ['MatMul', ['r', 'one'], 'q'],
    ['Sub', ['q', 'great'], 's'],
    ['Relu', ['s'], 't'],
    ['Sub', ['x', 't'], 'difference'],
    ['Sub', ['x', 'difference'], 'y'],
  ]),
  BatchNormalization: (great) =>
    modelOf(
      ['batch', 1],
      [
        ['Gemm', ['x', 'one', 'great'], 'h'],
        ['BatchNormalization', ['h', 'gain', 'none', 'great', 'gain'], 'y', { epsilon: { float: 0 } }],
      ],
      { one, great: float32([great]), gain: float32([1]), none: float32([0]) },
    ),
  Gemm: summed([['Gemm', ['h', 'signs'], 'y']]),
  'Gemm behind Relu': summed([
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'signs'], 'y'],
  ]),
  MatMul: summed([['MatMul', ['h', 'signs'], 'y']]),
  'Conv over places': summed([
    ['Reshape', ['h', 'line'], 'l'],
    ['Conv', ['l', 'kernel'], 'c'],
    ['Reshape', ['c', 'flat'], 'y'],
  ]),
  'Conv over channels': summed([
    ['Reshape', ['h', 'column'], 'l'],
    ['Conv', ['l', 'channels'], 'c'],
    ['Reshape', ['c', 'flat'], 'y'],
  ]),
  ReduceSum: summed([['ReduceSum', ['h', 'axis'], 'y']], true),
  'Sum of three': (great, arrangement) => {
    const names = ['x', 'great', 'less'];
    const inputs = arrangements[arrangement].map((term) => names[term] ?? '');
    return modelOf(['batch', 1], [['Sum', inputs, 'y']], {
      great: float32([great]),
      less: float32([-great]),
    });
  },
} satisfies Record<string, Layout>;

const rows: readonly (readonly [layout: keyof typeof layouts, exponent: number, arrangement: Arrangement])[] =
  [
    ['Gemm twice', 25, 'x first'],
    ['Gemm twice', 40, 'x first'],
    ['Gemm, Relu, Gemm', 24, 'x first'],
    ['Gemm, Relu, Gemm', 25, 'x first'],
    ['Gemm, Relu, Gemm', 60, 'x first'],
    ['MatMul and Add twice', 25, 'x first'],
    ['MatMul and Add twice', 30, 'x first'],
    ['Add twice', 25, 'x first'],
    ['Add twice', 100, 'x first'],
    ['Add and Sub behind Relu', 24, 'x first'],
    ['residual Adds', 25, 'x first'],
    ['residual Adds', 30, 'x first'],
    ['BatchNormalization', 25, 'x first'],
    ['Gemm', 25, 'x first'],
    ['Gemm', 25, 'x between'],
    ['Gemm', 25, 'x last'],
    ['Gemm behind Relu', 25, 'x first'],
    ['Gemm behind Relu', 30, 'x last'],
    ['MatMul', 25, 'x first'],
    ['MatMul', 25, 'x last'],
    ['MatMul', 60, 'x between'],
    ['Conv over places', 25, 'x first'],
    ['Conv over places', 25, 'x last'],
    ['Conv over channels', 25, 'x first'],
    ['Conv over channels', 30, 'x between'],
    ['ReduceSum', 25, 'x first'],
    ['ReduceSum', 25, 'x last'],
    ['Sum of three', 25, 'x first'],
    ['Sum of three', 25, 'x last'],
  ];

const range = [Math.fround(0.6), Math.fround(0.9)] as const;

export const built = ([layout, exponent, arrangement]: (typeof rows)[number]): AdversarialCase => ({
  name: `${layout}, 2^${exponent}, ${arrangement}`,
  file: layouts[layout](2 ** exponent, arrangement),
  range,
  inputs: 1,
  outputs: 1,
  violatedWhere: atMost(0.5),
  points: [[range[0]], [0.75], [range[1]]],
});

export const cancellation: Family = {
  title: 'a great number is added and taken away',
  source: 'Zombori et al. 2021, section 4; Szasz et al. 2025',
  cases: rows.map(built),
};

/** With so small a number nothing is lost that matters: these have to be proved. */
export const tame: Family = {
  title: 'the same with small numbers: right in every order',
  source: 'a control: a verifier that proves nothing is none',
  cases: (
    [
      ['Gemm twice', 4, 'x first'],
      ['Gemm, Relu, Gemm', 8, 'x first'],
      ['MatMul and Add twice', 8, 'x first'],
      ['residual Adds', 4, 'x first'],
      ['Gemm', 8, 'x between'],
      ['Conv over places', 8, 'x last'],
      ['ReduceSum', 4, 'x first'],
      ['Sum of three', 8, 'x last'],
    ] as const
  ).map(built),
};
