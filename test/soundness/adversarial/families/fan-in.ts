// Long sums: so many small terms beside a great one that what is lost one by one decides.
import { float32, int64 } from '../../../../src/base/tensor.js';
import type { Model } from '../../../../src/graph/graph.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { type AdversarialCase, atMost, type Family } from '../case.js';

const sums: Readonly<Record<string, readonly NodeShorthand[]>> = {
  MatMul: [['MatMul', ['h', 'ones'], 's']],
  Gemm: [['Gemm', ['h', 'ones', 'none'], 's']],
  Conv: [
    ['Reshape', ['h', 'line'], 'l'],
    ['Conv', ['l', 'kernel'], 'c'],
    ['Reshape', ['c', 'flat'], 's'],
  ],
  ReduceSum: [['ReduceSum', ['h', 'axis'], 's']],
};

/**
 * Every `period`-th term is 1, 1 at least, the others are x 2^-25: each of these is lost beside a 1, and their sum is not.
 * y = 2^12 (sum - number of ones).
 */
function built(sum: string, length: number, period: number): AdversarialCase {
  const isOne = (at: number) => at % period === 0;
  const ones = Array.from({ length }, (_, at) => at).filter(isOne).length;
  const exact = (length - ones) * 2 ** -25 * range[0];
  const file: Model = modelOf(
    ['batch', 1],
    [
      ['Gemm', ['x', 'w', 'b'], 'h'],
      ...(sums[sum] ?? []),
      ['Sub', ['s', 'count'], 'd'],
      ['Mul', ['d', 'scale'], 'y'],
    ],
    {
      w: float32(
        Array.from({ length }, (_, at) => (isOne(at) ? 0 : 2 ** -25)),
        [1, length],
      ),
      b: float32(Array.from({ length }, (_, at) => (isOne(at) ? 1 : 0))),
      ones: float32(new Array<number>(length).fill(1), [length, 1]),
      kernel: float32(new Array<number>(length).fill(1), [1, 1, length]),
      none: float32([0]),
      line: int64([0, 1, length]),
      flat: int64([0, 1]),
      axis: int64([1]),
      count: float32([ones]),
      scale: float32([2 ** 12]),
    },
  );
  return {
    name: `${sum} of ${length}, a 1 every ${period}`,
    file,
    range,
    inputs: 1,
    outputs: 1,
    violatedWhere: atMost((exact * 2 ** 12) / 2),
    points: [[range[0]], [0.75], [1]],
  };
}

const range = [0.5, 1] as const;

export const fanIn: Family = {
  title: 'sums of many terms',
  source: 'Szasz et al. 2025; Higham, ch. 4',
  cases: (
    [
      ['MatMul', 256, 256],
      ['MatMul', 1024, 1024],
      ['MatMul', 1024, 8],
      ['MatMul', 2048, 4],
      ['Gemm', 1024, 16],
      ['Gemm', 2048, 2048],
      ['Conv', 512, 512],
      ['Conv', 512, 4],
      ['ReduceSum', 1024, 1024],
      ['ReduceSum', 2048, 4],
    ] as const
  ).map(([sum, length, period]) => built(sum, length, period)),
};
