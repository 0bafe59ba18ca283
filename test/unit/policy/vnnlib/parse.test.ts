// What properties mean: boxes, constraints and disjuncts of small files.
import { expect, test } from 'vitest';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import type { LinearConstraint } from '../../../../src/policy/vnnlib/property.js';

const declared = (inputs: number, outputs: number) =>
  [
    ...Array.from({ length: inputs }, (_, at) => `(declare-const X_${at} Real)`),
    ...Array.from({ length: outputs }, (_, at) => `(declare-const Y_${at} Real)`),
  ].join('\n');
const bounded = (...inputs: number[]) =>
  inputs.map((at) => `(assert (>= X_${at} -1))(assert (<= X_${at} 1))`).join('\n');
const parse = (text: string) => parseVnnlib(text, 'p.vnnlib');
const readable = ({ inputs, outputs, bound, strict }: LinearConstraint) => [
  Object.fromEntries([
    ...Array.from(inputs.indices, (index, at) => [`x${index}`, inputs.coefficients[at]]),
    ...Array.from(outputs.indices, (index, at) => [`y${index}`, outputs.coefficients[at]]),
  ]),
  strict ? '<' : '<=',
  bound,
];
/** [lower, upper, constraints] of each disjunct. */
const meaning = (text: string) =>
  parse(text).disjuncts.map(({ lower, upper, constraints }) => [
    [...lower],
    [...upper],
    constraints.map(readable),
  ]);

test('bounds of inputs make a box, comparisons of outputs stay', () => {
  const text = `; a comment (with parentheses
    ${declared(2, 2)}
    (assert (<= X_0 0.5)) (assert (>= X_0 -0.25)) (assert (<= -1 X_1)) ; (assert (<= X_0 0))
    (assert (>= 1e-1 X_1))
    (assert (<= Y_0 Y_1))`;
  expect(meaning(text)).toEqual([[[-0.25, -1], [0.5, 0.1], [[{ y0: 1, y1: -1 }, '<=', 0]]]]);
  const { version, inputSize, outputSize, networks } = parse(text);
  expect({ version, inputSize, outputSize }).toEqual({ version: '1.0', inputSize: 2, outputSize: 2 });
  const variable = { elementType: 'Real', shape: [2], onnxName: undefined, offset: 0, size: 2 };
  expect(networks).toEqual([
    {
      name: 'network',
      relation: undefined,
      inputs: [{ name: 'X', ...variable }],
      hidden: [],
      outputs: [{ name: 'Y', ...variable }],
    },
  ]);
});

test('the tightest of several bounds counts, wherever it stands', () => {
  const text = `${declared(1, 1)}${bounded(0)}
    (assert (or (and (<= X_0 0.5) (>= Y_0 1)) (and (<= X_0 3) (>= X_0 0))))(assert (>= X_0 -0.5))`;
  expect(meaning(text)).toEqual([
    [[-0.5], [0.5], [[{ y0: -1 }, '<=', -1]]],
    [[0], [1], []],
  ]);
});

test('arithmetic folds: constants move to the bound, repeated variables add up, zeros vanish', () => {
  const text = (comparison: string) => `${declared(2, 2)}${bounded(0, 1)}(assert ${comparison})`;
  const constraints = (comparison: string) => meaning(text(comparison))[0]?.[2];
  expect(constraints('(<= (+ Y_0 (* 2 Y_1) 1) (- Y_0 (- X_1) 4))')).toEqual([[{ x1: -1, y1: 2 }, '<=', -5]]);
  expect(constraints('(> (- Y_0 Y_1 3) (* 2 (+ X_0 1) 3))')).toEqual([[{ x0: 6, y0: -1, y1: 1 }, '<', -9]]);
  expect(constraints('(<= (- (+ Y_0 1)) (* (- 2) (* 3)))')).toEqual([[{ y0: -1 }, '<=', -5]]);
  expect(constraints('(<= (* 0 Y_0) (- X_0 X_0))')).toEqual([]);
  expect(constraints('(<= Y_1 (+ Y_0 X_1 X_0))')).toEqual([[{ x0: -1, x1: -1, y0: -1, y1: 1 }, '<=', 0]]);
});

test('a bound may be written as a comparison of one input with a coefficient', () => {
  const [, upper] = meaning(`${declared(1, 1)}${bounded(0)}(assert (<= (* 3 X_0) 1))`)[0] ?? [];
  // 1/3 rounds down, so that it is the greatest number with 3 x <= 1.
  expect(upper).toEqual([1 / 3]);
  expect(meaning(`${declared(1, 1)}${bounded(0)}(assert (<= (- (* 2 X_0)) 0.5))`)).toEqual([
    [[-0.25], [1], []],
  ]);
});

test('a strict bound is the neighbouring number: the bound itself is out', () => {
  const text = `${declared(1, 1)}(assert (< X_0 0.5))(assert (> X_0 0))`;
  expect(meaning(text)).toEqual([[[Number.MIN_VALUE], [0.5 - 2 ** -54], []]]);
});

test('equality is both directions, inequality either', () => {
  expect(meaning(`${declared(1, 1)}(assert (= X_0 0.25))(assert (= Y_0 X_0))`)).toEqual([
    [
      [0.25],
      [0.25],
      [
        [{ x0: -1, y0: 1 }, '<=', 0],
        [{ x0: 1, y0: -1 }, '<=', 0],
      ],
    ],
  ]);
  expect(meaning(`${declared(1, 1)}${bounded(0)}(assert (!= Y_0 2))`)).toEqual([
    [[-1], [1], [[{ y0: 1 }, '<', 2]]],
    [[-1], [1], [[{ y0: -1 }, '<', -2]]],
  ]);
});

test('disjunctions multiply, in the order of the file', () => {
  const text = `${declared(1, 4)}${bounded(0)}
    (assert (and (or (<= Y_0 0) (and (<= Y_1 0) (<= Y_2 0))) (or (<= Y_3 1) (or (<= Y_3 2) (<= Y_3 3)))))`;
  const outputs = parse(text).disjuncts.map(({ constraints }) =>
    constraints.map(({ outputs: { indices }, bound }) => `y${indices}<=${bound}`).join(' '),
  );
  expect(outputs).toEqual([
    'y0<=0 y3<=1',
    'y0<=0 y3<=2',
    'y0<=0 y3<=3',
    'y1<=0 y2<=0 y3<=1',
    'y1<=0 y2<=0 y3<=2',
    'y1<=0 y2<=0 y3<=3',
  ]);
});

test('a thousand disjuncts of outputs share one box, and two boxes stay two', () => {
  const outputs = Array.from({ length: 1000 }, (_, at) => `(and (>= Y_0 ${at}))`).join(' ');
  const one = parse(`${declared(3, 1)}${bounded(0, 1, 2)}(assert (or ${outputs}))`);
  expect(one.disjuncts).toHaveLength(1000);
  expect(new Set(one.disjuncts.map(({ lower }) => lower)).size).toBe(1);
  const two = parse(
    `${declared(3, 1)}${bounded(0, 1, 2)}(assert (or ${outputs}))(assert (or (<= X_1 0) (>= X_1 0) (<= X_1 1)))`,
  );
  expect(two.disjuncts).toHaveLength(3000);
  expect(new Set(two.disjuncts.map(({ lower }) => lower)).size).toBe(3);
  expect(new Set(two.disjuncts.map(({ upper }) => upper)).size).toBe(3);
  expect(new Set(two.disjuncts.flatMap(({ constraints }) => constraints)).size).toBe(1000);
});

test('empty boxes are left out and counted, and need no bounds', () => {
  const text = `${declared(2, 1)}${bounded(0)}
    (assert (or (and (<= X_0 -2) (<= Y_0 1)) (and (<= X_1 1) (>= X_1 0))))`;
  expect(parse(text)).toMatchObject({ emptyDisjuncts: 1, disjuncts: [{ constraints: [] }] });
  expect(parse(`${declared(1, 1)}${bounded(0)}(assert (> X_0 1))`)).toMatchObject({
    disjuncts: [],
    emptyDisjuncts: 1,
  });
});

test('constants decide: what is false vanishes, what is true says nothing', () => {
  const text = (condition: string) => `${declared(1, 1)}${bounded(0)}(assert ${condition})`;
  expect(parse(text('(<= 1 0)')).disjuncts).toEqual([]);
  expect(meaning(text('(or (< 0 0) (and (<= 0 0) (<= Y_0 1)))'))).toEqual([
    [[-1], [1], [[{ y0: 1 }, '<=', 1]]],
  ]);
  expect(meaning(text('(or (<= Y_0 1) (>= 2 1))'))).toEqual([[[-1], [1], []]]);
});

test('2.0: tensors of several networks are concatenated', () => {
  const { networks, version, inputSize, outputSize, disjuncts } = parse(`(vnnlib-version <2.0>)
    (declare-network f
      (declare-input A float32 [2,2] "in") (declare-hidden H float32 [3] "relu \\"3\\"")
      (declare-output B float32 [1,2] "out"))
    (declare-network g (isomorphic-to f) (declare-input C float32 [2,2]) (declare-output D float32 [1, 2]))
    (declare-network s (declare-input E real []) (declare-output F real []))
    (assert (and (>= A[0,0] 0) (<= A[0,0] 1) (== A[0,1] 2) (== A[1,0] 3) (== A [1,1] 4)))
    (assert (and (== C[0,0] 5) (== C[0,1] 6) (== C[1,0] 7) (== C[1,1] 8) (== E 9)))
    (assert (<= (- B[0,1] D[0,0]) (+ F H[2])))`);
  expect({ version, inputSize, outputSize }).toEqual({ version: '2.0', inputSize: 9, outputSize: 8 });
  expect(networks.map(({ name, relation }) => [name, relation])).toEqual([
    ['f', undefined],
    ['g', { kind: 'isomorphic-to', network: 'f' }],
    ['s', undefined],
  ]);
  const variables = networks.flatMap(({ inputs, hidden, outputs }) => [...inputs, ...hidden, ...outputs]);
  expect(
    variables.map(({ name, offset, size, shape, onnxName }) => [name, offset, size, shape, onnxName]),
  ).toEqual([
    ['A', 0, 4, [2, 2], 'in'],
    ['H', 0, 3, [3], 'relu "3"'],
    ['B', 3, 2, [1, 2], 'out'],
    ['C', 4, 4, [2, 2], undefined],
    ['D', 5, 2, [1, 2], undefined],
    ['E', 8, 1, [], undefined],
    ['F', 7, 1, [], undefined],
  ]);
  const [disjunct] = disjuncts;
  expect([...(disjunct?.lower ?? [])]).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...(disjunct?.upper ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(disjunct?.constraints.map(readable)).toEqual([[{ y2: -1, y4: 1, y5: -1, y7: -1 }, '<=', 0]]);
});
