// Interval bounds of whole networks contain what ONNX Runtime computes with all its fusions. Zero tolerance.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../src/backends/discover-types.js';
import { openExecutable } from '../../src/backends/onnxruntime.js';
import { sizeOf } from '../../src/base/shape.js';
import type { Model } from '../../src/graph/graph.js';
import { encodeModel } from '../../src/program/emit.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { type Boxes, floatsOf, openBounder, rowOf, samplesOf, violations } from '../helpers/bounding.js';
import { Draw, flavours } from '../helpers/draw.js';
import { effort } from '../helpers/laws.js';
import { attention, convolutional, perceptron } from './networks.js';

const boxCount = 6;
const pointCount = 8;

/** Everything that leaves its bounds, over boxes of every kind. */
async function escapes(file: Model, draw: Draw): Promise<{ bounded: number; escaped: string[] }> {
  const runtime = createInlineRuntime();
  const model = await discoverTypes(file, 'random.onnx', runtime);
  const executable = await openExecutable(model, encodeModel(file), runtime);
  const shape = model.input.shape.slice(1).map(Number);
  const bounders = [
    await openBounder(model, 'float32', runtime),
    await openBounder(model, 'float64', runtime),
  ];
  const escaped: string[] = [];
  let bounded = 0;
  for (const flavour of ['normal', 'normal', draw.pick(flavours)] as const) {
    const boxes = draw.boxes(boxCount, shape, flavour);
    const bounds = await Promise.all(bounders.map((bounder) => bounder(boxes)));
    for (let box = 0; box < boxCount; box++) {
      const outputs = floatsOf(await executable.run(pointsOf(boxes, box, shape, draw)));
      for (const each of bounds) {
        const own = rowOf(each, box, boxCount);
        bounded += Array.from(own.upper).every(Number.isFinite) ? 1 : 0;
        const size = outputs.length / pointCount;
        for (let row = 0; row < pointCount; row++)
          escaped.push(...violations(own, outputs.subarray(row * size, (row + 1) * size)));
      }
    }
  }
  return { bounded, escaped };
}

function pointsOf({ lower, upper }: Boxes, box: number, shape: readonly number[], draw: Draw) {
  const size = sizeOf(shape);
  const side = (values: Float32Array) => values.subarray(box * size, (box + 1) * size);
  return samplesOf(side(lower.data), side(upper.data), shape, pointCount, draw.uniform);
}

describe.each([
  { kind: 'perceptrons', build: perceptron, networks: effort(80) },
  { kind: 'convolutional networks', build: convolutional, networks: effort(80) },
  { kind: 'attention', build: attention, networks: effort(20) },
])('random $kind', ({ build, networks }) => {
  test('outputs stay inside their bounds', async () => {
    let bounded = 0;
    for (let seed = 0; seed < networks; seed++) {
      const draw = new Draw(seed);
      const result = await escapes(build(draw), draw);
      expect(result.escaped.slice(0, 3), `seed ${seed}`).toEqual([]);
      bounded += result.bounded;
    }
    // Most boxes are small enough for finite bounds: the test is not vacuous.
    expect(bounded).toBeGreaterThan(networks * boxCount * 2);
  });
});
