// Reductions, softmax, matrix product.
import fc from 'fast-check';
import { only, pair } from '../../../../src/program/value.js';
import { nth } from '../reference/dense.js';
import { matmul } from '../reference/matmul.js';
import { argMax, logSoftmax, reduce, reductions, softmax } from '../reference/reduce.js';
import { axisOf, broadcasting, type Case, type CaseInput, input, shaped, size } from './case.js';

const withAxis = shaped(1, 4).chain(({ full, open }) =>
  fc.record({ x: fc.constant(input(full, open)), axis: axisOf(full.length), fromEnd: fc.boolean() }),
);
/** The same axis, counted from either end. */
const written = ({ x, axis, fromEnd }: { x: CaseInput; axis: number; fromEnd: boolean }) =>
  fromEnd ? axis - x.shape.length : axis;

const reduceCase = (name: keyof typeof reductions): fc.Arbitrary<Case> =>
  shaped(1, 4).chain(({ full, open }) =>
    fc.subarray([...full.keys()]).map((axes) => ({
      inputs: [input(full, open)],
      build: (p, values) => p[name](only(values), axes),
      expected: (values) => reduce(reductions[name], nth(values, 0), axes),
      exact: name === 'reduceMax' || name === 'reduceMin',
    })),
  );

const softmaxCase = (name: 'softmax' | 'logSoftmax', reference: typeof softmax): fc.Arbitrary<Case> =>
  withAxis.map((drawn) => ({
    inputs: [drawn.x],
    build: (p, values) => p[name](only(values), written(drawn)),
    expected: (values) => reference(nth(values, 0), drawn.axis),
  }));

const argMaxCase: fc.Arbitrary<Case> = withAxis.map((drawn) => ({
  inputs: [drawn.x],
  build: (p, values) => p.argMax(only(values), written(drawn)),
  expected: (values) => argMax(nth(values, 0), drawn.axis),
  exact: true,
}));

/** Leading axes broadcast; the first of them may be open. */
const matmulCase: fc.Arbitrary<Case> = fc
  .tuple(broadcasting(2), size, size, size)
  .map(([leading, m, k, n]) => {
    const operand = (at: number, rows: number, columns: number): CaseInput => {
      const { dims, shape } = nth(leading, at);
      return {
        dims: [...dims.slice(-2), rows, columns],
        shape: [...shape.slice(-2), rows, columns],
        domain: 'any',
      };
    };
    return {
      inputs: [operand(0, m, k), operand(1, k, n)],
      build: (p, values) => p.matmul(...pair(values)),
      expected: (values) => matmul(nth(values, 0), nth(values, 1)),
    };
  });

export const linearCases = {
  reduceSum: reduceCase('reduceSum'),
  reduceMean: reduceCase('reduceMean'),
  reduceMax: reduceCase('reduceMax'),
  reduceMin: reduceCase('reduceMin'),
  argMax: argMaxCase,
  softmax: softmaxCase('softmax', softmax),
  logSoftmax: softmaxCase('logSoftmax', logSoftmax),
  matmul: matmulCase,
};
