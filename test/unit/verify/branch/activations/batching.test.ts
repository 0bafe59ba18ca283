// Sub-problems as the arrays that an ascent takes.
import { expect, test } from 'vitest';
import { batchOf } from '../../../../../src/verify/branch/activations/batching.js';
import type { Space } from '../../../../../src/verify/branch/activations/space.js';
import type { Subproblem } from '../../../../../src/verify/branch/activations/subproblem.js';
import type { OpenDisjunct } from '../../../../../src/verify/branch/types.js';

const space: Space = {
  hidden: [],
  root: [],
  width: 2,
  isCut: [false, false],
  lower: Float32Array.of(0, -1),
  upper: Float32Array.of(0, 1),
  elements: [0, 0],
  feeds: {},
};
const rows = {
  count: 2,
  outputs: Float32Array.of(1, -1),
  inputs: new Float32Array(2),
  bounds: Float64Array.of(3, -2),
};
const disjunct: OpenDisjunct = {
  index: 0,
  rows,
  lower: Float32Array.of(0),
  upper: Float32Array.of(1),
  known: new Float64Array(2),
};
const part: Subproblem = {
  disjunct: 0,
  row: 1,
  bound: -5,
  splits: Int32Array.of(-1),
  points: Float32Array.of(0),
  multipliers: Float32Array.of(0.5),
  slopes: Uint8Array.of(0, 255),
  candidates: new Int32Array(),
  candidatePoints: new Float32Array(),
};

test('what a part has gained is counted from the bound of what it is a part of, in the unit of its limit', () => {
  const { limits, parents } = batchOf(
    space,
    [disjunct],
    [part, { ...part, row: 0, bound: -Infinity }],
    false,
  );
  expect(Array.from(limits)).toEqual([-2, 3]);
  expect(Array.from(parents ?? [])).toEqual([-7, -Infinity]);
});

test('splits and multipliers stand at their places, slopes as fractions', () => {
  const { splits, multipliers, slopes } = batchOf(space, [disjunct], [part], false);
  expect(Array.from(splits)).toEqual([0, -1]);
  expect(Array.from(multipliers)).toEqual([0, 0.5]);
  expect(Array.from(slopes)).toEqual([0, 1]);
});
