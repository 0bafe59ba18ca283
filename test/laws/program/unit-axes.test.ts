// Axes of length 1 that are left out change no number, and never make a program longer.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toNumbers } from '../../../src/base/tensor.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { withoutUnitAxes } from '../../../src/program/axes/leave-out.js';
import type { Dim, Dims } from '../../../src/program/dims.js';
import { emitModel, type Outputs } from '../../../src/program/emit.js';
import { Program } from '../../../src/program/program.js';
import { ProgramError } from '../../../src/program/program-error.js';
import type { Feeds } from '../../../src/program/session.js';
import type { Value } from '../../../src/program/value.js';
import { effort, holds } from '../../helpers/laws.js';
import { compute, result, tensorFrom } from '../../helpers/programs.js';
import { nth } from './reference/dense.js';

type Step = { readonly kind: number; readonly a: number; readonly b: number; readonly at: number };

const lengths: Readonly<Record<string, number>> = { batch: 3, rows: 2 };
const inputs: readonly Dims[] = [
  ['batch', 'rows', 1, 4],
  ['batch', 1, 1, 4],
  ['batch', 'rows', 4],
  ['batch', 1, 4],
  ['batch', 4],
  ['rows', 1, 4],
  [1, 4],
];
const constants: readonly (readonly number[])[] = [[4, 4], [4], [1, 1, 1, 4], [4, 1], [1, 4], []];

const units = (shape: Dims): number[] => shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
const fixed = (shape: Dims): number[] =>
  shape.flatMap((dim, axis) => (typeof dim === 'number' && dim > 1 ? [axis] : []));

/** Steps that do not fit their operands give nothing. */
const steps: readonly ((p: Program, a: Value, b: Value, at: number) => Value)[] = [
  (p, a, b) => p.add(a, b),
  (p, a, b) => p.mul(a, p.abs(b)),
  (p, a, b) => p.where(p.greater(a, b), a, b),
  (p, a) => p.neg(a),
  (p, a) => p.tanh(a),
  (p, a, b) => p.matmul(a, b),
  (p, a) => p.matmul(a, p.constant(tensorFrom('float32', [4, 4], numbersOf(16, 5)))),
  (p, a, b, at) => p.concat([a, b], at % a.shape.length),
  (p, a, b, at) => p.concat([a, p.neg(b)], at % a.shape.length),
  // Axes of length 1 taken away and put in.
  (p, a, _b, at) => {
    const axis = nth(units(a.shape), at % units(a.shape).length);
    return p.reshape(
      a,
      a.shape.filter((_, other) => other !== axis),
    );
  },
  (p, a, _b, at) => p.reshape(a, a.shape.toSpliced(at % (a.shape.length + 1), 0, 1)),
  (p, a) => p.flattenRows(a),
  (p, a, _b, at) => p.slice(a, nth(fixed(a.shape), at % fixed(a.shape).length), 0, 2),
  (p, a, _b, at) => nth(p.split(a, nth(fixed(a.shape), 0), [1, 3]), at % 2),
  (p, a, _b, at) => p.reduceSum(a, [at % a.shape.length]),
  (p, a, _b, at) =>
    p.transpose(
      a,
      a.shape.map((_, axis) => (axis + at) % a.shape.length),
    ),
  (p, a, _b, at) => {
    const table = p.constant(tensorFrom('float32', [3, 1, 4], numbersOf(12, at)));
    return p.mul(
      p.gather(table, p.input('places', 'int32', ['batch', 'rows']), 0),
      p.reduceSum(a, [...a.shape.keys()]),
    );
  },
  (p, a) => p.softmax(a, -1),
  (p, a) => p.cast(p.cast(a, 'float64'), 'float32'),
];

/** Of bounds: sums, products, magnitudes, matrices, and axes of length 1 that go. */
const usual = [0, 1, 3, 6, 9] as const;

const numbersOf = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.sin(7 * at + seed) * 2);

const drawn = fc.record({
  steps: fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 2, arbitrary: fc.nat(steps.length - 1) },
        { weight: 3, arbitrary: fc.constantFrom(...usual) },
      ),
      a: fc.nat(2),
      b: fc.nat(40),
      at: fc.nat(5),
    }),
    { minLength: 6, maxLength: 30 },
  ),
  kept: fc.array(fc.nat(12), { minLength: 2, maxLength: 6 }),
});

const attempt = (work: () => Value): Value | undefined => {
  try {
    return work();
  } catch (error) {
    if (error instanceof ProgramError || error instanceof RangeError || error instanceof TypeError)
      return undefined;
    throw error;
  }
};

function build(chosen: readonly Step[], kept: readonly number[]) {
  const p = new Program();
  const sizeOf = (dim: Dim) => (typeof dim === 'number' ? dim : (lengths[dim] ?? 0));
  const feeds: Record<string, Feeds[string]> = { places: tensorFrom('int32', [3, 2], [0, 1, 2, 2, 0, 1]) };
  const values = inputs.map((shape, at) => {
    const full = shape.map(sizeOf);
    const count = full.reduce((product, length) => product * length, 1);
    feeds[`x${at}`] = tensorFrom('float32', full, numbersOf(count, at));
    return p.input(`x${at}`, 'float32', shape);
  });
  for (const [at, shape] of constants.entries())
    values.push(
      p.constant(
        tensorFrom(
          'float32',
          shape,
          numbersOf(
            shape.reduce((product, length) => product * length, 1),
            at,
          ),
        ),
      ),
    );
  for (const { kind, a, b, at } of chosen) {
    // The newest are drawn most, so that steps build on each other.
    const [left, right] = [a, b].map((place) => nth(values, values.length - 1 - (place % values.length)));
    if (left === undefined || right === undefined) continue;
    const value = attempt(() => nth(steps, kind)(p, left, right, at));
    if (value !== undefined) values.push(value);
  }
  const outputs = Object.fromEntries(
    kept.map((at) => {
      const value = nth(values, values.length - 1 - (at % values.length));
      const open = value.shape.filter((dim) => dim !== 1);
      return [`o${at}`, at % 3 === 0 ? value : p.reshape(value, open)];
    }),
  );
  return { p, outputs, feeds };
}

const nodesOf = (outputs: Outputs): number =>
  decodeModel(emitModel(outputs), { file: 'axes.onnx' }).graph.nodes.length;

test('programs with axes of length 1 keep every number without them, and never grow', () =>
  holds(
    drawn,
    async ({ steps: chosen, kept }) => {
      const { p, outputs, feeds } = build(chosen, kept);
      const fewer = withoutUnitAxes(p, outputs);
      const options = { fold: false, pack: false, optimization: 'disabled' } as const;
      const plain = await compute(p, outputs, feeds, options).catch(() => undefined);
      // What ONNX Runtime refuses by itself, such as sizes that do not match after all, is no program.
      if (plain === undefined) return;
      const without = await compute(p, fewer, feeds, options);
      expect(Object.keys(without)).toEqual(Object.keys(plain));
      for (const name of Object.keys(plain)) {
        expect(result(without, name).shape).toEqual(result(plain, name).shape);
        expect(toNumbers(result(without, name))).toEqual(toNumbers(result(plain, name)));
      }
      expect(nodesOf(fewer)).toBeLessThanOrEqual(nodesOf(outputs));
    },
    effort(400),
  ));

test('rows that carry a batch axis of one instance lose it', () => {
  const p = new Program();
  const rows = p.input('rows', 'float32', ['batch', 'rows', 1, 4]);
  const slopes = p.reshape(p.input('slopes', 'float32', ['batch', 4]), ['batch', 1, 1, 4]);
  const weights = p.constant(tensorFrom('float32', [4, 4], numbersOf(16, 1)));
  let a = p.reshape(rows, ['batch', 'rows', 4]);
  const sums: Value[] = [];
  for (let layer = 0; layer < 3; layer++) {
    const wide = p.mul(p.matmul(p.reshape(a, ['batch', 'rows', 1, 4]), weights), slopes);
    a = p.tanh(p.reshape(wide, ['batch', 'rows', 4]));
    sums.push(p.reduceSum(a, [2]), p.reduceSum(p.reshape(p.abs(wide), ['batch', 'rows', 4]), [2]));
  }
  const outputs = Object.fromEntries(sums.map((sum, at) => [`sum${at}`, sum]));
  const reshapes = (of: Outputs) =>
    decodeModel(emitModel(of), { file: 'axes.onnx' }).graph.nodes.filter(({ type }) => type === 'Reshape')
      .length;
  expect(reshapes(outputs)).toBe(9);
  // Of the first rows, and of the slopes.
  expect(reshapes(withoutUnitAxes(p, outputs))).toBe(2);
});
