// A small model whose input and output have shapes of their own.
import type { Model } from '../../src/graph/graph.js';
import type { Draw } from './draw.js';
import { modelOf } from './models.js';

/** 3 outputs, as [batch, 3, 1], of an input [batch, 2, 2], in an old operator set. */
export const imageModel = (draw: Draw): Model =>
  modelOf(
    ['batch', 2, 2],
    [
      ['Flatten', ['x'], 'flat'],
      ['MatMul', ['flat', 'w'], 'h'],
      ['Unsqueeze', ['h'], 'y', { axes: [2] }],
    ],
    { w: draw.tensor([4, 3]) },
    11,
  );
