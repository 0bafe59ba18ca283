// Zero tolerance: float32 execution in any order, fused or not, flushed to zero or not, leaves no bound of the deployed network: by intervals,
// in float32 and float64, by linear bounds, by raised slopes and by branch and bound. 10,000 boxes with MARAUDER_TEST_EFFORT=250.
import { expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import type { Disjunct } from '../../src/policy/vnnlib/property.js';
import { branch, isSmallBox } from '../../src/verify/branch/choose.js';
import { decide } from '../../src/verify/decide.js';
import { type Bounds, type Boxes, openBounder, rowOf, samplesOf, violations } from '../helpers/bounding.js';
import { decideOptions } from '../helpers/deciding.js';
import { Draw } from '../helpers/draw.js';
import { executed } from '../helpers/execution.js';
import { effort, SEED } from '../helpers/laws.js';
import { bounded, boxAt } from '../helpers/linear-bounds.js';
import { mlp } from '../helpers/mlps.js';
import { type Opened, opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';
import { orders } from '../helpers/summation.js';
import { Builder, dense } from './networks.js';

const boxesPerNetwork = 20;
const pointsPerBox = 4;
/** Of one point, each sum in an order of its own. */
const runsPerPoint = 4;

/** A layer whose result is added to what it is computed from, twice, with a BatchNormalization in between. */
function residual(draw: Draw): Model {
  const b = new Builder(draw);
  const width = draw.int(2, 8);
  const block = (x: string) => b.add('Relu', [b.add('Add', [dense(b, x, width, width), x])]);
  const positive = () => b.constant(float32(draw.tensor([width]).data.map((value) => Math.abs(value) + 0.1)));
  const vector = () => b.weight([width], 1);
  const normal = b.add('BatchNormalization', [block('x'), positive(), vector(), vector(), positive()]);
  return b.finish(dense(b, block(normal), width, 2), [width]);
}

/** Convolutions along one axis, then a sum. */
function convolutional(draw: Draw): Model {
  const b = new Builder(draw);
  const [channels, size] = [draw.int(1, 3), draw.int(5, 8)];
  const conv = (x: string, from: number, to: number) =>
    b.add('Relu', [b.add('Conv', [x, b.weight([to, from, 3], 3 * from), b.weight([to], 1)])]);
  const flat = b.add('Flatten', [conv(conv('x', channels, 4), 4, 4)], { axis: 1 });
  return b.finish(dense(b, flat, 4 * (size - 4), 2), [channels, size]);
}

const perceptron = (draw: Draw): Model => {
  // More inputs than are split: neurons are.
  const inputs = draw.flag() ? draw.int(1, 4) : draw.int(17, 20);
  return mlp(
    draw,
    [inputs, draw.int(2, 10), draw.int(2, 10), 2],
    draw.pick(['normal', 'normal', 'cancelling']),
  ).model;
};

async function boundsOf({ model }: Opened, boxes: Boxes): Promise<Record<string, Bounds>> {
  const { lower, upper } = await bounded(model, boxes, 'crown');
  return {
    'intervals in float32': await (await openBounder(model, 'float32', inline))(boxes),
    'intervals in float64': await (await openBounder(model, 'float64', inline))(boxes),
    'linear bounds': { lower: lower.data as Float32Array, upper: upper.data as Float32Array },
  };
}

/** Outputs of runs at points of a box. */
function runs(file: Model, { lower, upper }: Boxes, draw: Draw): (readonly number[])[] {
  const all = [...orders.values()];
  const size = lower.data.length;
  const points = samplesOf(lower.data, upper.data, [size], pointsPerBox, draw.uniform).data;
  return Array.from({ length: pointsPerBox * runsPerPoint }, (_, at) => {
    const from = Math.floor(at / runsPerPoint) * size;
    return executed(file, points.subarray(from, from + size), () => draw.pick(all), draw.uniform);
  });
}

const none = { indices: new Int32Array(), coefficients: new Float64Array() };
const first = { indices: Int32Array.of(0), coefficients: Float64Array.of(1) };

/** What branch and bound proves of the first output: at least the bound; undefined where it proves nothing. */
async function provedLeast(
  { model }: Opened,
  { lower, upper }: Boxes,
  bound: number,
): Promise<number | undefined> {
  const sides = { lower: Float64Array.from(lower.data), upper: Float64Array.from(upper.data) };
  const disjunct: Disjunct = {
    ...sides,
    constraints: [{ inputs: none, outputs: first, bound, strict: false }],
  };
  const problem = { model, disjuncts: [disjunct], run: async () => [] };
  const branchesFromRoots = isSmallBox([disjunct]);
  const options = { ...decideOptions, branch, branchesFromRoots, ration: 64, timeoutMs: Infinity };
  const outcome = await decide(problem, options, { pool: inline, inline });
  return outcome.verdict === 'proved' ? bound + outcome.bound : undefined;
}

test('no execution leaves its bounds', async () => {
  const draw = new Draw(SEED);
  const counts = { boxes: 0, executions: 0, known: 0, proved: 0 };
  for (let network = 0; network < effort(2); network++) {
    const file = draw.pick([perceptron, perceptron, residual, convolutional])(draw);
    const it = await opened(file);
    const shape = it.model.input.shape.slice(1).map(Number);
    const boxes = draw.boxes(
      boxesPerNetwork,
      shape,
      draw.pick(['normal', 'normal', 'degenerate', 'subnormal']),
    );
    const bounds = Object.entries(await boundsOf(it, boxes));
    for (let box = 0; box < boxesPerNetwork; box++) {
      const one = boxAt(boxes, box);
      const outputs = runs(file, one, draw);
      counts.boxes++;
      counts.executions += outputs.length;
      for (const [name, all] of bounds) {
        const own = rowOf(all, box, boxesPerNetwork);
        counts.known += Array.from(own.upper).every(Number.isFinite) ? 1 : 0;
        expect(
          outputs.flatMap((y) => violations(own, y)),
          `network ${network}, box ${box}, ${name}`,
        ).toEqual([]);
      }
      if (box > 0) continue;
      const least = Math.min(...outputs.map(([y = Number.NaN]) => y));
      const proved = await provedLeast(it, one, least - draw.pick([1e-6, 1e-3, 0.1]) * (1 + Math.abs(least)));
      if (proved === undefined) continue;
      counts.proved++;
      // The sum of what was asked and what it is missed by is rounded.
      expect(least, `network ${network}, branched`).toBeGreaterThanOrEqual(
        proved - Math.abs(proved) * 2 ** -50,
      );
    }
  }
  expect(counts.known).toBeGreaterThan(counts.boxes);
  expect(counts.proved).toBeGreaterThan(0);
}, 7_200_000);
