// Constants that are computed without a session are those that ONNX Runtime computes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { evaluate } from '../../../src/program/compile.js';
import { plainValues } from '../../../src/program/plain-values.js';
import { Program } from '../../../src/program/program.js';
import { reachable, type Value } from '../../../src/program/value.js';
import { effort } from '../../helpers/laws.js';
import { inline } from '../../helpers/programs.js';

const special = [0, -0, 1, -1.5, 1e-45, -3e-39, 3.4e38, Infinity, -Infinity, 0.1];
const number = fc.oneof(fc.constantFrom(...special), fc.float({ noNaN: true }));

/** Every rule on two matrices and a number. */
function everything(p: Program, a: Value, b: Value, c: Value): Record<string, Value> {
  const isLess = p.less(a, b);
  return {
    neg: p.neg(a),
    abs: p.abs(b),
    add: p.add(a, c),
    sub: p.sub(c, b),
    mul: p.mul(a, b),
    div: p.div(a, b),
    min: p.min(a, c),
    where: p.where(isLess, a, c),
    equal: p.where(p.equal(a, c), a, 0),
    greater: p.where(p.greater(a, b), a, b),
    lessOrEqual: p.where(p.lessOrEqual(a, b), a, 0),
    greaterOrEqual: p.where(p.greaterOrEqual(c, b), b, 0),
    reshape: p.reshape(p.neg(a), [3, 2]),
    transpose: p.transpose(p.abs(a), [1, 0]),
  };
}

/** Where gives ONNX Runtime's 0 for -0; a law of folding compares the bits of all others. */
const numbers = (tensor: Tensor | undefined) =>
  Array.from(tensor?.data ?? [], Number).map((value) => value + 0);

const folded = (outputs: readonly Value[]) => plainValues(reachable(outputs));

test('element by element they are equal, for special numbers, too', async () => {
  const matrix = fc.array(number, { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(matrix, matrix, number, async (one, other, scalar) => {
      const p = new Program();
      const [a, b] = [one, other].map((data) => p.constant(float32(data, [2, 3]))) as [Value, Value];
      const outputs = everything(p, a, b, p.constant(float32([scalar], [])));
      const known = folded(Object.values(outputs));
      const expected = await evaluate(p, outputs, inline);
      for (const [name, value] of Object.entries(outputs)) {
        expect(known.get(value)?.shape, name).toEqual(expected[name]?.shape);
        expect(numbers(known.get(value)), name).toEqual(numbers(expected[name]));
      }
    }),
    { seed: 7, numRuns: effort(40) },
  );
});

test('sums are float32 sums of all elements', async () => {
  const p = new Program();
  const data = Float32Array.from({ length: 600 }, (_, at) => Math.fround(Math.sin(at) * 10 ** (at % 5)));
  const x = p.neg(p.constant(float32(data, [20, 5, 6])));
  for (const axis of [0, 1, 2]) {
    const sum = p.reduceSum(x, [axis]);
    const found = folded([sum]).get(sum);
    const { y } = await evaluate(p, { y: sum }, inline);
    expect(found?.shape).toEqual(y?.shape);
    const most = data.reduce((all, value) => all + Math.abs(value), 0) * 600 * 2 ** -24;
    Array.from(y?.data ?? [], Number).forEach((value, at) => {
      expect(Math.abs(value - Number(found?.data[at]))).toBeLessThanOrEqual(most);
    });
  }
});

test('what is large, broadcast along an axis, moved or summed along several, or of no rule is left', () => {
  const p = new Program();
  const row = p.constant(float32([1, 2, 3], [1, 3]));
  const column = p.constant(float32([1, 2], [2, 1]));
  const large = p.constant(float32(new Float32Array(2 ** 15), [2 ** 15]));
  const cube = p.constant(float32([1, 2, 3, 4], [2, 1, 2]));
  const moved = [p.transpose(cube, [2, 1, 0]), p.reduceSum(cube, [0, 2])];
  const left = [p.add(row, column), p.neg(large), p.exp(row), p.neg(p.exp(row)), ...moved];
  const known = folded(left);
  expect(left.map((value) => known.has(value))).toEqual(left.map(() => false));
});
