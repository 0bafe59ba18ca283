// How far Marauder gets with a network as an exporter wrote it: refused, fuzzed, or bounded on small boxes.
import { expect } from 'vitest';
import type { Executable } from '../../src/backends/onnxruntime.js';
import { sizeOf } from '../../src/base/shape.js';
import { float32, toNumbers } from '../../src/base/tensor.js';
import { UserError } from '../../src/base/user-error.js';
import { openModel } from '../../src/cli/check/models.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { Unbounded } from '../../src/ops/operator.js';
import { openBounder, samplesOf, violations } from './bounding.js';
import { Draw } from './draw.js';
import { inline } from './programs.js';

const radius = 1e-3;
const boxCount = 4;
const pointCount = 50;

export type State = { readonly state: 'bounded' | 'fuzzed' | 'refused'; readonly reason: string };

/** How far a file gets; lowering that computes something else is a reason to refuse it. Samples outside of bounds are failures. */
export async function stateOf(path: string): Promise<State> {
  try {
    const { typed, executable } = await openModel({ name: 'exported', file: path }, inline);
    await expectBounded(typed, executable);
  } catch (error) {
    if (error instanceof Unbounded) return { state: 'fuzzed', reason: error.message };
    if (error instanceof UserError) return { state: 'refused', reason: error.details.problem };
    throw error;
  }
  return { state: 'bounded', reason: '' };
}

/** Finite bounds over small boxes that contain every sample. */
async function expectBounded(model: TypedModel, executable: Executable): Promise<void> {
  const bounder = await openBounder(model, 'float32', inline);
  const shape = model.input.shape.slice(1).map(Number);
  const draw = new Draw(1);
  for (let box = 0; box < boxCount; box++) {
    const center = Float32Array.from({ length: sizeOf(shape) }, draw.uniform);
    const side = (sign: number) =>
      float32(
        center.map((value) => value + sign * radius),
        [1, ...shape],
      );
    const boxes = { lower: side(-1), upper: side(1) };
    const bounds = await bounder(boxes);
    expect(Array.from(bounds.upper).every(Number.isFinite), 'finite bounds').toBe(true);
    const points = samplesOf(boxes.lower.data, boxes.upper.data, shape, pointCount, draw.uniform);
    const outputs = toNumbers(await executable.run(points));
    const size = bounds.lower.length;
    for (let row = 0; row < pointCount; row++)
      expect(violations(bounds, outputs.slice(row * size, (row + 1) * size))).toEqual([]);
  }
}
