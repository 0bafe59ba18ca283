// A detector of the order of summation: four ones beside 2^24 vanish where they are added one after the other behind it, and count where
// they are added up first. What is detected outvotes the right class.
import { float32, int64 } from '../../../../src/base/tensor.js';
import type { Model } from '../../../../src/graph/graph.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { type AdversarialCase, type Family, secondWins } from '../case.js';

const great = 2 ** 24;

/** Multiples of x; 'great' and '-great' are constants. Which orders lose the ones depends on where these stand. */
const arrangements = {
  'great numbers around': ['great', 1, 1, 1, 1, '-great'],
  'great numbers last': [1, 1, 1, 1, 'great', '-great'],
  'great numbers first': ['great', '-great', 1, 1, 1, 1],
  'great number in the middle': [1, 1, 'great', 1, 1, '-great'],
  'two halves': ['great', 1, 1, 0, 0, 0, 0, 0, 1, 1, '-great', 0, 0, 0, 0, 0],
} as const satisfies Record<string, readonly (number | 'great' | '-great')[]>;
type Arrangement = keyof typeof arrangements;

const sums: Readonly<Record<string, readonly NodeShorthand[]>> = {
  MatMul: [['MatMul', ['h', 'signs'], 's']],
  Gemm: [['Gemm', ['h', 'signs', 'none'], 's']],
  Conv: [
    ['Reshape', ['h', 'line'], 'l'],
    ['Conv', ['l', 'kernel'], 'c'],
    ['Reshape', ['c', 'flat'], 's'],
  ],
  ReduceSum: [
    ['Mul', ['h', 'row'], 'm'],
    ['ReduceSum', ['m', 'axis'], 's'],
  ],
};

/** y = (1, 10 relu(1 - s/2)), where s = 4 x in exact arithmetic, of x in [0.9, 1]. */
function built(arrangement: Arrangement, sum: keyof typeof sums): Model {
  const terms: readonly (number | string)[] = arrangements[arrangement];
  const size = terms.length;
  const signs = terms.map((term) => (term === '-great' ? -1 : 1));
  return modelOf(
    ['batch', 1],
    [
      ['Gemm', ['x', 'w', 'b'], 'h'],
      ...(sums[sum] ?? []),
      ['Gemm', ['s', 'half', 'one'], 'd'],
      ['Relu', ['d'], 'r'],
      ['Gemm', ['r', 'ten', 'classes'], 'y'],
    ],
    {
      w: float32(
        terms.map((term) => (typeof term === 'number' ? term : 0)),
        [1, size],
      ),
      b: float32(terms.map((term) => (typeof term === 'number' ? 0 : great))),
      signs: float32(signs, [size, 1]),
      row: float32(signs, [1, size]),
      kernel: float32(signs, [1, 1, size]),
      none: float32([0]),
      line: int64([0, 1, size]),
      flat: int64([0, 1]),
      axis: int64([1]),
      half: float32([-0.5], [1, 1]),
      one: float32([1]),
      ten: float32([0, 10], [1, 2]),
      classes: float32([1, 0]),
    },
  );
}

const rows: readonly (readonly [Arrangement, keyof typeof sums])[] = [
  ['great numbers around', 'MatMul'],
  ['great numbers around', 'Gemm'],
  ['great numbers around', 'Conv'],
  ['great numbers around', 'ReduceSum'],
  ['great numbers last', 'MatMul'],
  ['great numbers last', 'Conv'],
  ['great numbers first', 'Gemm'],
  ['great numbers first', 'ReduceSum'],
  ['great number in the middle', 'MatMul'],
  ['great number in the middle', 'ReduceSum'],
  ['two halves', 'MatMul'],
  ['two halves', 'Conv'],
];

const range = [Math.fround(0.9), 1] as const;

export const order: Family = {
  title: 'a detector of the order of summation',
  source: 'Szasz et al. 2025, on the deployment environment',
  cases: rows.map(
    ([arrangement, sum]): AdversarialCase => ({
      name: `${sum}, ${arrangement}`,
      file: built(arrangement, sum),
      range,
      inputs: 1,
      outputs: 2,
      violatedWhere: secondWins,
      points: [[range[0]], [0.95], [1]].map(([x = 1]) => [Math.fround(x)]),
    }),
  ),
};
