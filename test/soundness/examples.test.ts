// Interval bounds of the example networks contain what ONNX Runtime computes on 100,000 points each: random ones, corners,
// and those that gradient steps find. Zero tolerance.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { readDigits } from '../../corpora/train/data.js';
import { instrumented } from '../../src/backends/instrument.js';
import { createRng } from '../../src/base/rng.js';
import { float32, rows, type Tensor } from '../../src/base/tensor.js';
import { objectives } from '../../src/fuzz/objectives/index.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { loadModel } from '../../src/onnx/load.js';
import { boxesAround } from '../../src/policy/input-set.js';
import { marginOf } from '../../src/policy/judge.js';
import { encodeModel } from '../../src/program/emit.js';
import { createWorkerRuntime } from '../../src/program/worker-runtime.js';
import { boundFiniteness, boundMargins } from '../../src/verify/ibp.js';
import { type BoundsOf, boundsOfAll, countOutside } from '../helpers/all-bounds.js';
import type { Boxes } from '../helpers/bounding.js';
import { opened } from '../helpers/opened.js';
import { descents, setOf } from '../helpers/search-points.js';

const folder = new URL('../../corpora/', import.meta.url).pathname;
const runtime = createWorkerRuntime(2);
afterAll(() => runtime.close());

const { images, labels } = readDigits(readFileSync(`${folder}digits.npz`)).test;
const pixels = 64;
const epsilons = [0.001, 0.01, 0.05, 0.1, 0.2];
/** Boxes around 49 digits, and the whole range. */
const boxCount = 50;
const batch = 512;
const batchesPerBox = 4;

function exampleBoxes(): { boxes: Boxes; labels: Int32Array } {
  const [lower, upper] = [new Float32Array(boxCount * pixels), new Float32Array(boxCount * pixels).fill(1)];
  for (let box = 0; box < boxCount - 1; box++) {
    const inputs = rows(images, box * 11, box * 11 + 1);
    const epsilon = epsilons[box % epsilons.length] ?? 0;
    const set = boxesAround({ name: '', inputs, labels: undefined }, 0, epsilon, { ranges: [[0, 1]] });
    lower.set(set.lower.data, box * pixels);
    upper.set(set.upper.data, box * pixels);
  }
  const shape = [boxCount, 1, 8, 8];
  const classes = Int32Array.from({ length: boxCount }, (_, box) => labels[box * 11] ?? 0);
  return { boxes: { lower: float32(lower, shape), upper: float32(upper, shape) }, labels: classes };
}

const { boxes, labels: classes } = exampleBoxes();
const sideOf = (side: 'lower' | 'upper', box: number) =>
  boxes[side].data.subarray(box * pixels, (box + 1) * pixels);

/** `count` points of a box: every third a corner, every third a mixture, the others random. */
function pointsOf(box: number, count: number, rng = createRng(box, 'points')): Tensor<'float32'> {
  const [lower, upper] = [sideOf('lower', box), sideOf('upper', box)];
  const data = new Float32Array(count * pixels);
  for (let at = 0; at < data.length; at++) {
    const [low, high] = [lower[at % pixels] as number, upper[at % pixels] as number];
    const kind = Math.floor(at / pixels) % 3;
    const draw = rng.uniform();
    const weight = kind === 0 || (kind === 1 && draw < 0.8) ? Math.round(draw) : draw;
    data[at] = Math.min(Math.max(low + weight * (high - low), low), high);
  }
  return float32(data, [count, 1, 8, 8]);
}

/** Points on the way down from 80 points of each box, regrouped by box: the margin of each class in turn. */
async function descentsByBox(model: TypedModel, steps: number): Promise<Tensor<'float32'>[]> {
  const starts = 80;
  const seeds = new Float32Array(boxCount * starts * pixels);
  for (let box = 0; box < boxCount; box++)
    seeds.set(pointsOf(box, starts, createRng(box, 'starts')).data, box * starts * pixels);
  const set = setOf(boxes, float32(seeds, [boxCount * starts, 1, 8, 8]), starts);
  const targets = Int32Array.from({ length: boxCount * starts }, (_, at) => (at * 7) % 10);
  const visited = await descents(objectives.robustness(model), set, targets, steps, runtime);
  return Array.from({ length: boxCount }, (_, box) => {
    const data = new Float32Array(visited.length * starts * pixels);
    visited.forEach((points, step) => {
      data.set(rows(points, box * starts, (box + 1) * starts).data, step * starts * pixels);
    });
    return float32(data, [visited.length * starts, 1, 8, 8]);
  });
}

async function openExample(name: string) {
  const { model: file, bytes } = await loadModel(`${folder}${name}.onnx`);
  const { model, run } = await opened(file, bytes, runtime);
  const inside = await runtime.open(encodeModel(instrumented(file, 'any batch')), 'all');
  return { model, run, inside: (x: Tensor) => inside.run({ [model.input.name]: x }) };
}

type Example = Awaited<ReturnType<typeof openExample>>;

/** What was looked at, and every way in which it broke a bound. */
class Tally {
  sampled = 0;
  outside = 0;
  infinite = 0;
  belowMargin = 0;

  constructor(
    readonly bounds: ReadonlyMap<string, BoundsOf>,
    readonly output: string,
    readonly margins: Float32Array,
    readonly finite: Float32Array,
  ) {}

  outputs(box: number, y: Float32Array | Float64Array): void {
    this.sampled += y.length / 10;
    this.value(this.output, box, float32(y));
    for (let at = 0; at < y.length; at += 10) {
      const row = y.subarray(at, at + 10);
      if (this.finite[box] === 1 && !row.every(Number.isFinite)) this.infinite++;
      const margin = this.margins[box] ?? Number.NaN;
      if (margin !== -Infinity && !(margin <= marginOf(row, classes[box] ?? 0))) this.belowMargin++;
    }
  }

  value(name: string, box: number, rowsOf: Tensor): void {
    const own = this.bounds.get(name);
    if (own !== undefined) this.outside += countOutside(own, box, boxCount, rowsOf);
  }
}

async function sampleBox({ run, inside }: Example, tally: Tally, box: number, found: Tensor<'float32'>) {
  const points = pointsOf(box, batchesPerBox * batch);
  for (let at = 0; at < batchesPerBox * batch; at += batch)
    tally.outputs(box, await run(rows(points, at, at + batch)));
  tally.outputs(box, await run(found));
  // At batch 1, as every witness is replayed, kernels may differ.
  for (let at = 0; at < 3; at++) tally.outputs(box, await run(rows(points, at, at + 1)));
  for (const part of [rows(points, 0, 200), rows(found, 400, 600)]) {
    const values = await inside(part);
    for (const [name, value] of Object.entries(values)) tally.value(name, box, value);
  }
}

describe.each([
  { name: 'digits-mlp', leastFinite: boxCount, leastProved: 5 },
  { name: 'digits-cnn', leastFinite: boxCount, leastProved: 5 },
  { name: 'digits-mlp-robust', leastFinite: boxCount, leastProved: boxCount / 2 },
  { name: 'digits-unsafe', leastFinite: 5, leastProved: 5 },
  { name: 'digits-cnn-int8', leastFinite: boxCount, leastProved: 5 },
])('$name', ({ name, leastFinite, leastProved }) => {
  test('all values of the graph stay inside their bounds', async () => {
    const example = await openExample(name);
    const { model } = example;
    const bounds = await boundsOfAll(model, boxes, runtime);
    expect(bounds.has(model.output.name)).toBe(true);
    const margins = await boundMargins(model, boxes, classes, 'deployed', runtime);
    const finite = await boundFiniteness(model, boxes, 'deployed', runtime);
    const tally = new Tally(bounds, model.output.name, margins, finite);
    const pending = (await descentsByBox(model, 9)).entries();
    const lane = async () => {
      for (const [box, found] of pending) await sampleBox(example, tally, box, found);
    };
    await Promise.all([lane(), lane()]);
    expect(tally).toMatchObject({ outside: 0, infinite: 0, belowMargin: 0 });
    expect(tally.sampled).toBeGreaterThanOrEqual(100_000);
    // Not vacuous: in the smallest boxes, at least, something is known.
    expect(finite.filter((proof) => proof === 1).length).toBeGreaterThanOrEqual(leastFinite);
    expect(margins.filter((margin) => margin > 0).length).toBeGreaterThanOrEqual(leastProved);
  });
});

test('the unsafe network is not proved finite on the whole range, where search finds why', async () => {
  const { model, run } = await openExample('digits-unsafe');
  const finite = await boundFiniteness(model, boxes, 'deployed', runtime);
  expect(finite[boxCount - 1]).toBe(0);
  const found = (await descentsByBox(model, 3))[boxCount - 1];
  const values = found && (await run(found));
  expect(values?.every(Number.isFinite)).toBe(false);
});
