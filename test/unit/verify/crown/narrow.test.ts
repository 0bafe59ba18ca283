// Boxes so small that float32 programs bound their own rounding: float64 ones are tighter, hold, and are used where that is so.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { openExecutable } from '../../../../src/backends/onnxruntime.js';
import { noDeadline } from '../../../../src/base/deadline.js';
import { float32 } from '../../../../src/base/tensor.js';
import { encodeModel } from '../../../../src/program/emit.js';
import type { OpenDisjunct } from '../../../../src/verify/branch/types.js';
import { boundRoots } from '../../../../src/verify/decide/root-bounds.js';
import { numbersOf, samplesOf } from '../../../helpers/bounding.js';
import { Draw } from '../../../helpers/draw.js';
import { effort } from '../../../helpers/laws.js';
import { crownOf } from '../../../helpers/linear-bounds.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

const [inputs, hidden, outputs] = [12, 16, 3];

/** Kinks, curves and products of what two layers give. */
async function network(draw: Draw) {
  const file = modelOf(
    ['batch', inputs],
    [
      ['MatMul', ['x', 'w0'], 'a'],
      ['Relu', ['a'], 'b'],
      ['MatMul', ['b', 'w1'], 'c'],
      ['Sigmoid', ['c'], 'd'],
      ['Cos', ['c'], 'e'],
      ['Mul', ['d', 'e'], 'f'],
      ['MatMul', ['f', 'w2'], 'y'],
    ],
    {
      w0: draw.tensor([inputs, hidden]),
      w1: draw.tensor([hidden, hidden]),
      w2: draw.tensor([hidden, outputs]),
    },
  );
  const model = await discoverTypes(file, 'small.onnx', inline);
  return { model, executable: await openExecutable(model, encodeModel(file), inline) };
}

function boxOf(draw: Draw, radius: number) {
  const center = Array.from({ length: inputs }, () => 1 + draw.uniform());
  const end = (side: number) =>
    float32(
      center.map((x) => x * (1 + side * radius)),
      [1, inputs],
    );
  return { lower: end(-1), upper: end(1) };
}

const rows = float32(
  Array.from({ length: 2 * outputs * outputs }, (_, at) => {
    const [row, output] = [Math.floor(at / outputs), at % outputs];
    return row % outputs === output ? (row < outputs ? 1 : -1) : 0;
  }),
  [2 * outputs, outputs],
);
const sum = (values: Float32Array) => values.reduce((one, other) => one + other, 0);

test.each(Array.from({ length: effort(2) }, (_, at) => at + 1))(
  'bounds by float64 programs hold, and are much tighter in a narrow box: seed %i',
  async (seed) => {
    const draw = new Draw(seed);
    const { model, executable } = await network(draw);
    const box = boxOf(draw, 2 ** -18);
    const [single, double] = [crownOf(model), crownOf(model, { dtype: 'float64' })];
    const [coarse, fine] = [await single.combinations(box, rows), await double.combinations(box, rows)];
    expect(single.wasNarrow()).toBe(true);
    // The sums over bounds from below and above: minus the widths.
    expect(sum(fine)).toBeGreaterThan(0.8 * sum(coarse));
    const points = 256;
    const found = numbersOf(
      await executable.run(samplesOf(box.lower.data, box.upper.data, [inputs], points, draw.uniform)),
    );
    for (let at = 0; at < points * outputs; at++) {
      const [value, output] = [found[at] ?? Number.NaN, at % outputs];
      expect(value).toBeGreaterThanOrEqual(fine[output] ?? Infinity);
      expect(-value).toBeGreaterThanOrEqual(fine[outputs + output] ?? Infinity);
    }
  },
);

test('a wide box is not called narrow', async () => {
  const draw = new Draw(5);
  const { model } = await network(draw);
  const crown = crownOf(model);
  await crown.combinations(boxOf(draw, 0.1), rows);
  expect(crown.wasNarrow()).toBe(false);
});

test('what float32 programs leave open, float64 ones prove', async () => {
  const draw = new Draw(6);
  const { model } = await network(draw);
  const { lower, upper } = boxOf(draw, 2 ** -18);
  const box = { lower, upper };
  const coarse = (await crownOf(model).combinations(box, rows))[0] ?? Number.NaN;
  const fine = (await crownOf(model, { dtype: 'float64' }).combinations(box, rows))[0] ?? Number.NaN;
  const below = (coarse + fine) / 2;
  const disjunct: OpenDisjunct = {
    index: 0,
    lower: Float32Array.from(lower.data),
    upper: Float32Array.from(upper.data),
    rows: {
      count: 1,
      outputs: Float32Array.of(1, 0, 0),
      inputs: new Float32Array(inputs),
      bounds: Float64Array.of(below),
    },
    known: Float64Array.of(-Infinity),
  };
  const options = { arithmetic: 'deployed', memoryBytes: 2 ** 28, deadline: noDeadline } as const;
  const [bounded] = await boundRoots(model, [disjunct], options, inline);
  expect(coarse).toBeLessThan(below);
  expect(bounded?.known[0]).toBeGreaterThan(0);
});
