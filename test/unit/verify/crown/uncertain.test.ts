// Which elements are worth bounding again, and which first.
import { expect, test } from 'vitest';
import { leastCertain, uncertain } from '../../../../src/verify/crown/uncertain.js';

const bounds = {
  lower: Float32Array.of(-1, -4, 0, -3, 2, -Infinity, Number.NaN),
  upper: Float32Array.of(2, 0.5, 3, 2, 2, Infinity, 1),
};

test('at kinks those that may have both signs, elsewhere those that are not known exactly; never what has no bounds', () => {
  expect(uncertain(bounds, true)).toEqual([0, 1, 3]);
  expect(uncertain(bounds, false)).toEqual([0, 1, 2, 3]);
});

test('the least certain come from both ends of their order, and keep it', () => {
  expect(leastCertain(bounds, true, [0, 1, 3], 2)).toEqual([0, 3]);
  expect(leastCertain(bounds, false, [0, 1, 2, 3], 2)).toEqual([1, 3]);
  expect(leastCertain(bounds, false, [0, 1, 2, 3], 9)).toEqual([0, 1, 2, 3]);
});
