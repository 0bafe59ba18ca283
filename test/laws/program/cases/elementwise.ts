// Element-wise primitives, where and cast.
import fc from 'fast-check';
import type { DType } from '../../../../src/base/dtype.js';
import { only as onlyValue, pair, three } from '../../../../src/program/value.js';
import { count, type Dense, nth } from '../reference/dense.js';
import { binaryFunctions, elementwise, unaryFunctions, where } from '../reference/elementwise.js';
import { broadcasting, type Case, type CaseInput, type Domain, input, shaped } from './case.js';

const rounding = new Set([
  'sqrt',
  'exp',
  'log',
  'reciprocal',
  'sigmoid',
  'tanh',
  'softplus',
  'sin',
  'cos',
  'erf',
  'pow',
  'add',
  'sub',
  'mul',
  'div',
]);
const unaryDomains: Record<string, Domain> = { sqrt: 'positive', log: 'positive', reciprocal: 'nonzero' };

const bools = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 1 }), { minLength: length, maxLength: length });
/** The same input with random booleans. */
const asBool = (x: CaseInput): fc.Arbitrary<CaseInput> =>
  bools(count(x.shape)).map((values) => ({ ...x, domain: { dtype: 'bool', values } }));

function unaryCase(name: keyof typeof unaryFunctions): fc.Arbitrary<Case> {
  const inputs = shaped(1, 4).map(({ full, open }) => input(full, open, unaryDomains[name]));
  return (name === 'not' ? inputs.chain(asBool) : inputs).map((x) => ({
    inputs: [x],
    build: (p, values) => p[name](onlyValue(values)),
    expected: (values) => elementwise(unaryFunctions[name], values),
    exact: !rounding.has(name),
  }));
}

function binaryCase(name: keyof typeof binaryFunctions): fc.Arbitrary<Case> {
  const operands = broadcasting(2).chain((inputs) => {
    const [a, b] = [nth(inputs, 0), nth(inputs, 1)];
    if (name === 'and' || name === 'or') return fc.tuple(asBool(a), asBool(b));
    if (name === 'pow') return fc.constant([{ ...a, domain: 'positive' as const }, b]);
    return fc.constant([a, name === 'div' ? { ...b, domain: 'nonzero' as const } : b]);
  });
  return operands.map((inputs) => ({
    inputs,
    build: (p, values) => p[name](...pair(values)),
    expected: (values) => elementwise(binaryFunctions[name], values),
    exact: !rounding.has(name),
  }));
}

const whereCase: fc.Arbitrary<Case> = broadcasting(3).chain(([first, ...rest]) =>
  asBool(first ?? input([])).map((condition) => ({
    inputs: [condition, ...rest],
    build: (p, values) => p.where(...three(values)),
    expected: where,
    exact: true,
  })),
);

const casts: Partial<Record<DType, (x: number) => number>> = {
  float32: Math.fround,
  float64: (x) => x,
  int64: Math.trunc,
  int32: Math.trunc,
  bool: (x) => Number(x !== 0),
};

const castCase: fc.Arbitrary<Case> = fc
  .tuple(shaped(), fc.constantFrom<DType>('float32', 'float64', 'int64', 'int32', 'bool'))
  .map(([{ full, open }, to]) => ({
    inputs: [input(full, open)],
    build: (p, values) => p.cast(onlyValue(values), to),
    expected: (values: readonly Dense[]) => elementwise((x) => casts[to]?.(x) ?? Number.NaN, values),
    exact: true,
  }));

export const elementwiseCases = {
  neg: unaryCase('neg'),
  abs: unaryCase('abs'),
  sqrt: unaryCase('sqrt'),
  exp: unaryCase('exp'),
  log: unaryCase('log'),
  reciprocal: unaryCase('reciprocal'),
  sigmoid: unaryCase('sigmoid'),
  tanh: unaryCase('tanh'),
  relu: unaryCase('relu'),
  softplus: unaryCase('softplus'),
  sin: unaryCase('sin'),
  cos: unaryCase('cos'),
  erf: unaryCase('erf'),
  sign: unaryCase('sign'),
  floor: unaryCase('floor'),
  ceil: unaryCase('ceil'),
  round: unaryCase('round'),
  detach: unaryCase('detach'),
  isNaN: unaryCase('isNaN'),
  isInf: unaryCase('isInf'),
  not: unaryCase('not'),
  add: binaryCase('add'),
  sub: binaryCase('sub'),
  mul: binaryCase('mul'),
  div: binaryCase('div'),
  pow: binaryCase('pow'),
  max: binaryCase('max'),
  min: binaryCase('min'),
  greater: binaryCase('greater'),
  greaterOrEqual: binaryCase('greaterOrEqual'),
  less: binaryCase('less'),
  lessOrEqual: binaryCase('lessOrEqual'),
  equal: binaryCase('equal'),
  and: binaryCase('and'),
  or: binaryCase('or'),
  where: whereCase,
  cast: castCase,
};
