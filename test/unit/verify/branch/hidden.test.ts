// Which hidden values boxes have bounds of: all of small networks, with what linear bounds of whole boxes say of parts.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { boundAll, boundAssumed } from '../../../../src/verify/branch/inputs/bounding.js';
import { hiddenTargets, type Subject } from '../../../../src/verify/branch/inputs/hidden.js';
import { boundingFileOf, prepare } from '../../../../src/verify/branch/inputs/prepare.js';
import { rootsOf } from '../../../../src/verify/branch/inputs/roots.js';
import {
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  upperOf,
} from '../../../../src/verify/branch/inputs/subproblem.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';

const constants = {
  w: float32([1, -1, 0.5, 2], [2, 2]),
  v: float32([1, 0.25, -1, 1], [2, 2]),
  ones: float32([1, 1], [2, 1]),
};

const layers: readonly NodeShorthand[] = [
  ['MatMul', ['x', 'w'], 'a'],
  ['Relu', ['a'], 'b'],
  ['MatMul', ['b', 'v'], 'c'],
  ['Relu', ['c'], 'd'],
  ['MatMul', ['d', 'ones'], 'y'],
];

/** y <= -1 on [-1, 1]^2. */
async function subjectOf(nodes: readonly NodeShorthand[], memoryBytes = 2 ** 28): Promise<Subject> {
  const rows = {
    count: 1,
    outputs: Float32Array.of(1),
    inputs: new Float32Array(2),
    bounds: Float64Array.of(-1),
  };
  const box = { lower: Float32Array.of(-1, -1), upper: Float32Array.of(1, 1) };
  const disjuncts = [{ index: 0, ...box, rows, known: Float64Array.of(-Infinity) }];
  const { model } = await opened(modelOf(['batch', 2], nodes, constants));
  return { model, disjuncts, arithmetic: 'deployed', memoryBytes };
}

const namesOf = (subject: Subject) => hiddenTargets(subject).map(({ name }) => name);

describe('bounds are given', () => {
  test('of a first layer, too, whose intervals nothing betters', async () => {
    expect(namesOf(await subjectOf(layers))).toEqual(['a', 'c']);
  });

  test('of others only where not all fit into a call, or values are multiplied', async () => {
    expect(namesOf(await subjectOf(layers, 2 ** 10))).toEqual(['c']);
    const product: readonly NodeShorthand[] = [
      ...layers.slice(0, 4),
      ['Mul', ['d', 'b'], 'e'],
      ['MatMul', ['e', 'ones'], 'y'],
    ];
    expect(namesOf(await subjectOf(product))).not.toContain('a');
  });
});

test('parts of a box have exact bounds of a first layer without rows of their own', async () => {
  const subject = await subjectOf(layers);
  const places = { bounding: inline, others: inline };
  const prepared = await prepare(subject, boundingFileOf(subject, inline, 'float32'), places);
  const { space, bounder } = prepared;
  expect(space.hidden.map(({ inherited }) => inherited)).toEqual([true, false]);
  const [root] = await boundAssumed(space, await rootsOf(prepared, [0]), bounder);
  if (root === undefined) throw new RangeError('no root');
  const data = root.data.slice();
  lowerOf(space.packing, data)[0] = 0.5;
  upperOf(space.packing, data)[1] = 0;
  const rows: number[] = [];
  const run: typeof bounder.run = (batch) => {
    rows.push(batch.indices[0]?.length ?? 0);
    return bounder.run(batch);
  };
  const [part] = await boundAll(space, [{ ...root, data }], { ...bounder, run });
  expect(Math.max(...rows)).toBe(0);
  const found = part?.data ?? data;
  // a = [x0 + x1 / 2, 2 x1 - x0] for x0 in [0.5, 1] and x1 in [-1, 0].
  [
    [0, 1],
    [-3, -0.5],
  ].forEach(([least = 0, most = 0], at) => {
    const [low, high] = [
      hiddenLowerOf(space.packing, found)[at] ?? 1,
      hiddenUpperOf(space.packing, found)[at] ?? -1,
    ];
    expect(low).toBeLessThanOrEqual(least);
    expect(low).toBeGreaterThan(least - 1e-4);
    expect(high).toBeGreaterThanOrEqual(most);
    expect(high).toBeLessThan(most + 1e-4);
  });
});
