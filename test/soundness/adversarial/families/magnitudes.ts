// What leaves the range of float32 on the way and would come back in exact arithmetic: products that underflow, subnormal numbers of few
// digits, sums and products that overflow.
import { float32, int64, type Tensor } from '../../../../src/base/tensor.js';
import { modelOf, type NodeShorthand, scalar } from '../../../helpers/models.js';
import { type AdversarialCase, atLeast, atMost, type Family, type Row } from '../case.js';

const range = [Math.fround(0.6), Math.fround(0.9)] as const;

type Network = readonly [nodes: readonly NodeShorthand[], constants: Readonly<Record<string, Tensor>>];

/** x times each factor, one node after the other. */
function product(type: 'MatMul' | 'Mul' | 'Gemm, Relu', factors: readonly number[]): Network {
  const nodes: NodeShorthand[] = [];
  const constants: Record<string, Tensor> = {};
  factors.forEach((factor, at) => {
    const [from, to, by] = [
      at === 0 ? 'x' : `h${at}`,
      at === factors.length - 1 ? 'y' : `h${at + 1}`,
      `f${at}`,
    ];
    constants[by] = type === 'Mul' ? scalar(factor) : float32([factor], [1, 1]);
    if (type !== 'Gemm, Relu') nodes.push([type, [from, by], to]);
    else nodes.push(['Gemm', [from, by], `${to}_in`], ['Relu', [`${to}_in`], to]);
  });
  return [nodes, constants];
}

const powers = (...exponents: readonly number[]): number[] => exponents.map((exponent) => 2 ** exponent);

/** Terms that x is added to, which cancel in exact arithmetic. */
function sum(type: 'MatMul' | 'ReduceSum', biases: readonly number[]): Network {
  const size = biases.length + 1;
  const up: NodeShorthand = ['Gemm', ['x', 'w', 'b'], 'h'];
  const constants = {
    w: float32([1, ...biases.map(() => 0)], [1, size]),
    b: float32([0, ...biases]),
    ones: float32(new Array<number>(size).fill(1), [size, 1]),
    axis: int64([1]),
  };
  return [
    [up, type === 'MatMul' ? ['MatMul', ['h', 'ones'], 'y'] : ['ReduceSum', ['h', 'axis'], 'y']],
    constants,
  ];
}

const cases: Readonly<Record<string, readonly [Network, Row]>> = {
  'MatMul, a product that underflows': [product('MatMul', powers(-80, -80, 80, 80)), atMost(0.5)],
  'Mul, a product that underflows': [product('Mul', powers(-80, -80, 80, 80)), atMost(0.5)],
  'Gemm and Relu, a product that underflows': [
    product('Gemm, Relu', powers(-50, -50, -60, 80, 80)),
    atMost(0.5),
  ],
  'MatMul, subnormal numbers of two digits': [product('MatMul', powers(-100, -47, 100, 47)), atMost(0.55)],
  'Mul, subnormal numbers of two digits': [product('Mul', powers(-100, -47, 100, 47)), atMost(0.55)],
  'Gemm and Relu, subnormal numbers that are rounded up': [
    product('Gemm, Relu', powers(-100, -47, 100, 47)),
    atLeast(0.95),
  ],
  'MatMul, subnormal numbers that may be flushed to zero': [
    product('MatMul', powers(-100, -35, 100, 35)),
    atMost(0.5),
  ],
  'MatMul, a product that overflows': [product('MatMul', powers(100, 60, -100, -60)), atLeast(2)],
  'Mul, a product that overflows': [product('Mul', powers(100, 60, -100, -60)), atLeast(2)],
  'Gemm and Relu, a product that overflows': [product('Gemm, Relu', powers(70, 70, -70, -70)), atLeast(2)],
  'MatMul, a sum that overflows': [
    sum(
      'MatMul',
      [1.5, 1.5, -1.5, -1.5].map((value) => value * 2 ** 127),
    ),
    atMost(0.5),
  ],
  'ReduceSum, a sum that overflows': [
    sum(
      'ReduceSum',
      [1.5, 1.5, -1.5, -1.5].map((value) => value * 2 ** 127),
    ),
    atMost(0.5),
  ],
  'MatMul, a sum that overflows in some orders': [
    sum(
      'MatMul',
      [1.5, -1.5, 1.5, -1.5].map((value) => value * 2 ** 127),
    ),
    atMost(0.5),
  ],
};

export const magnitudes: Family = {
  title: 'underflow, subnormal numbers and overflow',
  source: 'Jia and Rinard 2021, section 2; Szasz et al. 2025',
  cases: Object.entries(cases).map(
    ([name, [[nodes, constants], violatedWhere]]): AdversarialCase => ({
      name,
      file: modelOf(['batch', 1], nodes, constants),
      range,
      inputs: 1,
      outputs: 1,
      violatedWhere,
      points: [[range[0]], [Math.fround(0.62)], [0.75], [range[1]]],
    }),
  ),
};
