// Reference values: scipy.special.erfc of SciPy 1.17.1.
import { expect, test } from 'vitest';
import { erfc } from '../../../bench/statistics/erfc.js';

test.each([
  [0, 1],
  [0.001, 0.9988716212090307],
  [0.5, 0.4795001221869535],
  [1, 0.15729920705028516],
  [2, 0.004677734981047266],
  [2.49, 0.00042928786773391303],
  [2.5, 0.00040695201744495886],
  [3, 2.2090496998585445e-5],
  [5, 1.5374597944280347e-12],
  [10, 2.0884875837625446e-45],
  [26, 5.663192408856145e-296],
])('erfc(%d)', (z, expected) => {
  expect(Math.abs(erfc(z) / expected - 1)).toBeLessThan(1e-11);
});
