// The constants of src/ops/kernel-error.ts hold on this machine: a dense sample; measure-kernels.ts tries every input.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.js';
import { kernelErrors } from '../../src/ops/kernel-error.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { Errors, floatsFrom, kernels, openKernel } from './kernels.js';

const runtime = createInlineRuntime();
const edges = [
  0, -0, 1, -1, 88.3762626, 88.72283, 88.72284, -87.33655, -88.3762626, -103.97208, -103.97209, 9, -9, 18,
  -18,
];
const names = ['Sigmoid', 'Tanh', 'Exp', 'Log'] as const;

/** Every 4093rd float32 (a prime, so that all low bits occur), and the neighbours of edges. */
function* samples(): Generator<Float32Array> {
  const bits = Uint32Array.from({ length: 2 ** 20 }, (_, at) => at * 4093);
  yield new Float32Array(bits.buffer);
  const numbers = Float32Array.from(edges);
  for (const edge of new Uint32Array(numbers.buffer)) yield floatsFrom(Math.max(edge - 128, 0), 257);
}

test('the fused x * sigmoid(x) keeps the error of Sigmoid', async () => {
  const run = await openKernel(kernels.Silu, 'float32', runtime);
  const errors = new Errors();
  for (const x of samples()) errors.collect(x, await run(x), kernels.Silu);
  // The product and this test's own quotient round once each.
  const { relative, absolute } = kernelErrors.Sigmoid.float32;
  expect(errors.absoluteBeside(relative + 2 * 2 ** -24)).toBeLessThanOrEqual(absolute);
});

describe.each(names)('%s', (name) => {
  test('float32 kernel keeps its error, in the middle of vectors and at their tails', async () => {
    const run = await openKernel(kernels[name], 'float32', runtime);
    const errors = new Errors();
    for (const x of samples()) errors.collect(x, await run(x), kernels[name]);
    const rng = createRng(2, name);
    for (let length = 1; length < 64; length++) {
      const x = new Float32Array(Uint32Array.from({ length }, () => rng.uint32()).buffer);
      errors.collect(x, await run(x), kernels[name]);
    }
    const { relative, absolute } = kernelErrors[name].float32;
    expect(errors.absoluteBeside(relative)).toBeLessThanOrEqual(absolute);
  });

  test('float64 kernel keeps its error', async () => {
    const run = await openKernel(kernels[name], 'float64', runtime);
    const errors = new Errors();
    const rng = createRng(3, name);
    for (let call = 0; call < 64; call++) {
      const x = Float64Array.from(
        { length: 4096 - call },
        () => (rng.uniform() - 0.5) * 2 ** (rng.below(40) - 33),
      );
      errors.collect(x, await run(x), kernels[name]);
    }
    const { relative, absolute } = kernelErrors[name].float64;
    expect(errors.absoluteBeside(relative)).toBeLessThanOrEqual(absolute);
  });
});
