// The margin of a proof is a lower bound of what ONNX Runtime computes, and no greater than the worst case in float64.
import { expect, test } from 'vitest';
import { float32, type Tensor } from '../../src/base/tensor.js';
import { objectives } from '../../src/fuzz/objectives/index.js';
import { marginOf } from '../../src/policy/judge.js';
import { boundMargins } from '../../src/verify/ibp.js';
import { type Boxes, samplesOf } from '../helpers/bounding.js';
import { Draw, type Flavour } from '../helpers/draw.js';
import { effort } from '../helpers/laws.js';
import { type Mlp, mlp, referenceMargins } from '../helpers/mlps.js';
import { type Opened, opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';
import { descents, setOf } from '../helpers/search-points.js';

const boxCount = 20;
const startsPerBox = 12;

function networkOf(draw: Draw, flavour: Flavour): Mlp {
  const hidden = draw.ints(draw.int(0, 2), 1, 32);
  return mlp(draw, [draw.int(1, 10), ...hidden, draw.int(2, 20)], flavour);
}

const rowsOf = (values: ArrayLike<number>, count: number): number[][] => {
  const size = values.length / count;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: size }, (_, at) => values[row * size + at] ?? 0),
  );
};

/** Deployed margins of corners, random points and descents from them, with the box of each. */
async function deployedMargins({ model, run }: Opened, boxes: Boxes, labels: Int32Array, draw: Draw) {
  const [lower, upper] = [rowsOf(boxes.lower.data, boxCount), rowsOf(boxes.upper.data, boxCount)];
  const shape = boxes.lower.shape.slice(1);
  const starts = lower.flatMap((low, box) =>
    Array.from(samplesOf(low, upper[box] ?? [], shape, startsPerBox, draw.uniform).data),
  );
  const seeds: Tensor<'float32'> = float32(starts, [boxCount * startsPerBox, ...shape]);
  const set = setOf(boxes, seeds, startsPerBox);
  const targets = Int32Array.from(set.instanceOf, (box) => labels[box] ?? 0);
  const points = await descents(objectives.robustness(model), set, targets, 6, inline);
  const outputs = await Promise.all(points.map(run));
  return outputs.flatMap((batch) =>
    rowsOf(batch, targets.length).map((row, at) => {
      const box = set.instanceOf[at] ?? 0;
      return { box, margin: marginOf(row, labels[box] ?? 0) };
    }),
  );
}

test.each([
  { flavour: 'normal', networks: effort(30), leastProved: effort(20) },
  { flavour: 'cancelling', networks: effort(20), leastProved: 0 },
  { flavour: 'mixed', networks: effort(40), leastProved: 0 },
  { flavour: 'subnormal', networks: effort(16), leastProved: 0 },
  { flavour: 'huge', networks: effort(16), leastProved: 0 },
] as const)('random perceptrons with $flavour weights', async ({ flavour, networks, leastProved }) => {
  let [proved, known] = [0, 0];
  for (let seed = 0; seed < networks; seed++) {
    const draw = new Draw(seed);
    const network = networkOf(draw, flavour);
    const it = await opened(network.model);
    const classes = network.widths.at(-1) ?? 2;
    const boxes = draw.boxes(
      boxCount,
      [network.widths[0] ?? 1],
      draw.pick(['normal', 'normal', flavour, 'degenerate']),
    );
    const labels = Int32Array.from({ length: boxCount }, (_, box) => box % classes);
    const deployed = await boundMargins(it.model, boxes, labels, 'deployed', inline);
    const real = await boundMargins(it.model, boxes, labels, 'real', inline);
    const wrong = (await deployedMargins(it, boxes, labels, draw)).filter(
      ({ box, margin }) => !((deployed[box] ?? Number.NaN) <= margin) && deployed[box] !== -Infinity,
    );
    expect(wrong, `seed ${seed}`).toEqual([]);
    const [lower, upper] = [rowsOf(boxes.lower.data, boxCount), rowsOf(boxes.upper.data, boxCount)];
    deployed.forEach((bound, box) => {
      const given = { lower: lower[box] ?? [], upper: upper[box] ?? [] };
      const { merged, plain, magnitude } = referenceMargins(network.layers, given, labels[box] ?? 0);
      const noise = 1e-12 * magnitude;
      expect(bound, `seed ${seed}, box ${box}`).toBeLessThanOrEqual(merged + noise);
      expect(real[box], `seed ${seed}, box ${box}`).toBeLessThanOrEqual(merged + noise);
      // In real arithmetic overflow is feared earlier: its errors are smaller, and magnitudes are measured by them.
      if (real[box] !== -Infinity) expect(bound).toBeLessThanOrEqual(real[box] ?? Number.NaN);
      if (bound > 0) proved++;
      if (bound === -Infinity) return;
      known++;
      // Rounding errors of three layers of up to 32 terms, in units of what flows through them.
      if (flavour === 'normal') expect(bound).toBeGreaterThanOrEqual(plain - 1e-4 * (1 + magnitude));
    });
  }
  expect(proved).toBeGreaterThanOrEqual(leastProved);
  if (flavour !== 'huge') expect(known).toBeGreaterThan(networks);
});
