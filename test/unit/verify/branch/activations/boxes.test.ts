// Disjuncts share bounds only where both ends of their boxes are the same.
import { expect, test } from 'vitest';
import { float32 } from '../../../../../src/base/tensor.js';
import { byBox } from '../../../../../src/verify/equal-boxes.js';
import { rowsBelow, searched } from '../../../../helpers/activation-search.js';
import { modelOf } from '../../../../helpers/models.js';
import { opened } from '../../../../helpers/opened.js';

const lower = Float32Array.of(-1);
const [near, far] = [Float32Array.of(1), Float32Array.of(5)];

test('boxes that share one end are different boxes', () => {
  const boxes = [near, far, near].map((upper) => ({ lower, upper }));
  expect(byBox(boxes, (box) => box)).toEqual([[boxes[0], boxes[2]], [boxes[1]]]);
});

test('what is proved of a box is not said of a larger one that has an end in common', async () => {
  // y = Relu(x) >= 2.
  const nodes = [
    ['MatMul', ['x', 'w'], 'z'],
    ['Relu', ['z'], 'y'],
  ] as const;
  const relu = await opened(modelOf(['batch', 1], nodes, { w: float32([1], [1, 1]) }));
  const rows = rowsBelow([[-1]], 1, -2);
  const disjuncts = [near, far].map((upper, index) => {
    return { index, lower, upper, rows, known: Float64Array.of(-Infinity) };
  });
  const { results } = await searched(relu, { lower, upper: near, rows }, { disjuncts });
  expect(results.map(({ state }) => state)).toEqual(['empty', 'open']);
});
