// Which of its two slopes the line below a kink has.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32 } from '../../../src/base/tensor.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';
import { openRelation } from '../../helpers/relaxing.js';

/** [lower, upper], steepFrom, whether the line is the steeper one. */
const cases: readonly (readonly [readonly [number, number], number | undefined, boolean])[] = [
  [[-1, 1.2], undefined, true],
  [[-1, 0.8], undefined, false],
  [[-1, 1.2], 1.4, false],
  [[-1, 1.5], 1.4, true],
  [[-2, 2.9], 1.4, true],
  [[-1, 0.5], 0.4, true],
  // The function itself, where its sign is known.
  [[0.1, 0.2], 1e3, true],
  [[-0.2, -0.1], 0, false],
];

const kinked: readonly (readonly [NodeShorthand, number])[] = [
  [['Relu', ['x'], 'y'], 0],
  [['LeakyRelu', ['x'], 'y', { alpha: { float: 0.25 } }], 0.25],
];

test.each(kinked)('%j', async (node, flat) => {
  const model = await discoverTypes(modelOf(['batch', 1], [node]), 'kink.onnx', inline);
  for (const [[lower, upper], steepFrom, isSteep] of cases) {
    const related = await openRelation(model, 'float64', 1, inline, { steepFrom });
    const box = { lower: float32([lower], [1, 1]), upper: float32([upper], [1, 1]) };
    const relation = await related?.relate(box, Float32Array.of(1));
    expect(relation?.coefficients[0]?.[0], `${lower} ${upper} ${steepFrom}`).toBe(isSteep ? 1 : flat);
  }
});
