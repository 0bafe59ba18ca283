// Bounds over balls contain what ONNX Runtime computes anywhere in them, on the sphere above all. Zero tolerance.
import { describe, expect, test } from 'vitest';
import { noDeadline } from '../../src/base/deadline.js';
import { float32 } from '../../src/base/tensor.js';
import type { Ball } from '../../src/policy/ball.js';
import { isInBall, moveIntoBall } from '../../src/policy/ball.js';
import { demandMargin, wins } from '../../src/policy/demand.js';
import { ballsAround, belongsTo, type InputSet } from '../../src/policy/input-set.js';
import { crownMargins } from '../../src/verify/crown/margins.js';
import { Draw, flavours } from '../helpers/draw.js';
import { effort } from '../helpers/laws.js';
import { mlp, mlpModel } from '../helpers/mlps.js';
import { type Opened, opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';

const norms = ['l2', 'l1'] as const;
const options = { arithmetic: 'deployed', memoryBytes: 2 ** 28, deadline: noDeadline } as const;

function setOf(draw: Draw, size: number, ball: Ball, unit: number): InputSet {
  // Some elements lie at an end of the range, where pixels of images often are.
  const row = () => Array.from({ length: size }, () => unit * draw.pick([0, 1, draw.uniform()]));
  const inputs = float32([...row(), ...row()], [2, size]);
  return ballsAround({ name: 'rows', inputs, labels: undefined }, 0, ball, { ranges: [[0, unit]] });
}

/** Points of an instance: signs, few elements and the gradient's opposite, all drawn to the sphere, and some inside. */
function pointsOf(
  draw: Draw,
  set: InputSet,
  instance: number,
  count: number,
  slope: Float32Array,
): Float32Array {
  const { size, lower, upper, seeds, ball } = set;
  const center = seeds.data.subarray(instance * size, (instance + 1) * size);
  const points = new Float32Array(count * size);
  for (let row = 0; row < count; row++) {
    const point = points.subarray(row * size, (row + 1) * size);
    const kind = row % 4;
    const only = draw.int(0, size - 1);
    for (let at = 0; at < size; at++) {
      const [least, most] = [lower.data[instance * size + at] ?? 0, upper.data[instance * size + at] ?? 0];
      const middle = center[at] ?? 0;
      const random = least + draw.uniform() * (most - least);
      const ends = draw.flag() ? least : most;
      const way = (slope[at] ?? 0) * 1e3 * (ball?.epsilon ?? 0);
      const downhill = Number.isNaN(way) ? middle : middle - way;
      const wanted = [random, ends, at === only ? ends : middle, downhill][kind] ?? middle;
      point[at] = Math.min(Math.max(wanted, least), most);
    }
    if (ball) moveIntoBall(point, center, ball);
  }
  return points;
}

/** Scores of points, and a guess at the slope of the margin from differences. */
async function slopeOf(it: Opened, set: InputSet, instance: number, own: number): Promise<Float32Array> {
  const { size } = set;
  const center = set.seeds.data.subarray(instance * size, (instance + 1) * size);
  const data = new Float32Array((size + 1) * size);
  const step = (set.ball?.epsilon ?? 0) / 8;
  for (let row = 0; row <= size; row++) {
    data.set(center, row * size);
    if (row < size) data[row * size + row] = (center[row] ?? 0) + step;
  }
  const margins = await marginsAt(it, data, size, own);
  return Float32Array.from(
    { length: size },
    (_, at) => ((margins[at] ?? 0) - (margins[size] ?? 0)) / (step || 1),
  );
}

async function marginsAt(it: Opened, data: Float32Array, size: number, own: number): Promise<number[]> {
  const count = data.length / size;
  const outputs = await it.run(float32(data, [count, size]));
  const classes = outputs.length / count;
  return Array.from({ length: count }, (_, row) =>
    demandMargin(wins, outputs.subarray(row * classes, (row + 1) * classes), own),
  );
}

async function requireBound(
  draw: Draw,
  it: Opened,
  set: InputSet,
  instance: number,
  own: number,
  bound: number,
): Promise<void> {
  const { size } = set;
  const points = pointsOf(draw, set, instance, 40, await slopeOf(it, set, instance, own));
  for (let from = 0; from < points.length; from += size)
    expect(belongsTo(set, instance, points.slice(from, from + size))).toBe(true);
  for (const margin of await marginsAt(it, points, size, own)) expect(margin).toBeGreaterThanOrEqual(bound);
}

describe.each(norms)('%s', (norm) => {
  test('margins of sampled points are never below the bound', async () => {
    const draw = new Draw(norm === 'l2' ? 21 : 22);
    let known = 0;
    for (let run = 0; run < effort(6); run++) {
      const flavour = run % 2 === 0 ? 'normal' : draw.pick(flavours);
      const size = draw.int(1, 8);
      const it = await opened(mlp(draw, [size, 6, 5, 3], flavour).model);
      const unit = draw.pick([1, 1, Math.fround(1e-3), 255]);
      const set = setOf(draw, size, { norm, epsilon: unit * draw.pick([0, 0.05, 0.3, 1]) }, unit);
      const owners = Int32Array.of(draw.int(0, 2), draw.int(0, 2));
      const bounds = await crownMargins(it.model, set, owners, [0, 1], options, inline);
      const isKnown = [0, 1].filter((instance) => bounds[instance] !== -Infinity);
      for (const instance of isKnown)
        await requireBound(draw, it, set, instance, owners[instance] ?? 0, bounds[instance] ?? 0);
      known += isKnown.length;
    }
    expect(known).toBeGreaterThan(4);
  });

  test('of an affine network the bound is reached on the sphere, and broken a thousandth beyond it', async () => {
    const draw = new Draw(5);
    const weight = draw.tensor([6, 2]);
    const it = await opened(mlpModel([{ weight, bias: undefined }], ['batch', 6]));
    const center = new Float32Array(6).fill(0.5);
    const ball = { norm, epsilon: 0.25 };
    const inputs = float32(center, [1, 6]);
    const set = ballsAround({ name: 'row', inputs, labels: undefined }, 0, ball, { ranges: [[0, 1]] });
    const [bound = 0] = await crownMargins(it.model, set, Int32Array.of(0), [0], options, inline);
    const slope = Float32Array.from(
      { length: 6 },
      (_, at) => (weight.data[2 * at] ?? 0) - (weight.data[2 * at + 1] ?? 0),
    );
    const greatest = Math.max(...slope.map(Math.abs));
    const length = norm === 'l2' ? Math.hypot(...slope) : greatest;
    const at = (epsilon: number) =>
      center.map((value, element) => {
        const part = slope[element] ?? 0;
        const isChosen = norm === 'l2' || Math.abs(part) === greatest;
        return (
          value - (isChosen ? (epsilon * (norm === 'l2' ? part : Math.sign(part) * length)) / length : 0)
        );
      });
    const [reached = 0, beyond = 0] = await marginsAt(
      it,
      Float32Array.of(...at(0.25), ...at(0.25 * 1.001)),
      6,
      0,
    );
    expect(isInBall(at(0.2499), center, ball)).toBe(true);
    expect(reached - bound).toBeLessThan(1e-4);
    expect(beyond).toBeLessThan(bound);
  });

  test('never looser than the box around the ball', async () => {
    const draw = new Draw(9);
    const it = await opened(mlp(draw, [6, 8, 3], 'normal').model);
    const set = setOf(draw, 6, { norm, epsilon: 0.3 }, 1);
    const { ball: _, ...box } = set;
    const owners = Int32Array.of(0, 1);
    const ofBall = await crownMargins(it.model, set, owners, [0, 1], options, inline);
    const ofBox = await crownMargins(it.model, box, owners, [0, 1], options, inline);
    ofBall.forEach((bound, at) => {
      expect(bound).toBeGreaterThan(ofBox[at] ?? Infinity);
    });
  });
});
