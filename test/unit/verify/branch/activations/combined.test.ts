// Sums of rows, against exact arithmetic.
import { expect, test } from 'vitest';
import { combined } from '../../../../../src/verify/branch/activations/leaves/combined.js';
import { Draw } from '../../../../helpers/draw.js';
import { units } from '../../../../helpers/exact.js';

const one = units(1);
/** Products of k numbers in units of 2^-1074k. */
const product = (...factors: readonly number[]): bigint =>
  factors.reduce((all, factor) => all * units(factor), 1n);

test('beyond its limit, the weighted rows are positive', () => {
  let nearest = Infinity;
  for (let seed = 0; seed < 300; seed++) {
    const draw = new Draw(seed);
    const [count, outputs, inputs] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 3)];
    const any = (size: number) => Float32Array.from({ length: size }, () => draw.number('normal'));
    const rows = {
      count,
      outputs: any(count * outputs),
      inputs: any(count * inputs),
      bounds: Float64Array.from({ length: count }, () => draw.number('normal') / 3),
    };
    const weights = Float64Array.from({ length: count }, () => draw.uniform());
    const [y, x] = [any(outputs), any(inputs)];
    const magnitudes = { outputs: y.map(Math.abs), inputs: x.map(Math.abs) };
    const sum = combined(rows, weights, magnitudes);
    const dot = (row: Float32Array, z: Float32Array) =>
      Array.from(row).reduce((all, a, at) => all + product(a, z[at] ?? 0, 1), 0n);
    const left = dot(sum.outputs, y) + dot(sum.inputs, x);
    let exact = 0n;
    for (let row = 0; row < count; row++) {
      const weight = weights[row] ?? 0;
      y.forEach((value, at) => {
        exact += product(weight, rows.outputs[row * outputs + at] ?? 0, value);
      });
      x.forEach((value, at) => {
        exact += product(weight, rows.inputs[row * inputs + at] ?? 0, value);
      });
      exact -= product(weight, rows.bounds[row] ?? 0, 1);
    }
    // left - limit <= exact: whatever is above the limit there, the exact sum is above 0.
    const excess = left - product(sum.limit, 1, 1);
    expect(excess <= exact, `seed ${seed}`).toBe(true);
    nearest = Math.min(nearest, Number(((exact - excess) * 2n ** 40n) / one ** 3n) / 2 ** 40);
  }
  // Of the order of float32's rounding.
  expect(nearest).toBeLessThan(1e-5);
});

test('what is unknown proves nothing', () => {
  const rows = {
    count: 2,
    outputs: Float32Array.of(0.1, 0.3),
    inputs: new Float32Array(2),
    bounds: new Float64Array(2),
  };
  const magnitudes = { outputs: [Infinity], inputs: [1] };
  expect(combined(rows, [0.3, 0.7], magnitudes).limit).toBe(Infinity);
});
