// What is judged of two backends, by a second one that the test makes up.
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { openSecondOpinion } from '../../../../src/backends/gpu/second-opinion.js';
import { openExecutable } from '../../../../src/backends/onnxruntime.js';
import { createRng } from '../../../../src/base/rng.js';
import { float32, type Tensor } from '../../../../src/base/tensor.js';
import type { Dimension } from '../../../../src/graph/graph.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { modelOf } from '../../../helpers/models.js';
import { inline } from '../../../helpers/programs.js';

const rng = createRng(1, 'second opinion');
const random = (rows: number, columns: number): Tensor<'float32'> =>
  float32(
    Float32Array.from({ length: rows * columns }, () => rng.uniform() + 0.5),
    [rows, columns],
  );

/** The model, and a backend that gives its outputs as `change` leaves them. */
async function opinionOf(leading: Dimension, change: (outputs: Float32Array) => void) {
  const file = modelOf([leading, 6], [['MatMul', ['x', 'w'], 'y']], { w: random(6, 4) });
  const model = await discoverTypes(file, 'test.onnx', inline);
  const deployed = await openExecutable(model, encodeModel(file), inline);
  const run = async (input: Tensor<'float32'>) => {
    const { data, shape } = await deployed.run(input);
    const changed = Float32Array.from(data as Float32Array);
    change(changed);
    return float32(changed, shape);
  };
  return openSecondOpinion(model, deployed, { run, mode: 'webasm' }, inline);
}

const rowsOf = (flags: Uint8Array): number[] => Array.from(flags.keys()).filter((row) => flags[row] !== 0);

test.each<[string, Dimension]>([
  ['a batch', 'batch'],
  ['one row at a time', 1],
])('%s: differences beyond rounding are told from those within it, row by row', async (_name, leading) => {
  const opinion = await opinionOf(leading, (outputs) => {
    // Sums of six products of about 1: within 6 ulp, and not within 1e-4.
    outputs[4 * 10 + 1] = (outputs[4 * 10 + 1] ?? 0) * (1 + 2 ** -23);
    outputs[4 * 20 + 2] = (outputs[4 * 20 + 2] ?? 0) + 1e-4;
    outputs[4 * 130] = (outputs[4 * 130] ?? 0) - 1e-4;
    outputs[4 * 140] = Number.NaN;
    outputs[4 * 141 + 3] = Infinity;
  });
  const { differs, unknown, share } = await opinion.judge(random(150, 6));
  expect(rowsOf(differs)).toEqual([20, 130, 140, 141]);
  expect(rowsOf(unknown)).toEqual([]);
  expect(share[0]).toBe(0);
  expect(share[10]).toBeGreaterThan(0);
  expect(share[10]).toBeLessThan(0.5);
  expect(share[20]).toBeGreaterThan(1);
});

test('of a row that may overflow nothing is known, and nothing is said', async () => {
  const opinion = await opinionOf('batch', (outputs) => {
    outputs[4] = 17;
  });
  const input = random(3, 6);
  input.data.fill(3e38, 6, 12);
  const { differs, unknown } = await opinion.judge(input);
  expect([rowsOf(differs), rowsOf(unknown)]).toEqual([[], [1]]);
});
