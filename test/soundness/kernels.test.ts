// The constants of src/ops/kernel-error.ts hold on this machine: a dense sample; measure-kernels.ts tries every input.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.js';
import { eluOf } from '../../src/ops/curves.js';
import { seluAlpha, seluGamma } from '../../src/ops/functions.js';
import { type KernelErrors, kernelErrors } from '../../src/ops/kernel-error.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { Errors, floatsFrom, type Kernel, kernels, openKernel } from './kernels.js';

const runtime = createInlineRuntime();
const edges = [
  0,
  -0,
  1,
  -1,
  88.3762626,
  88.72283,
  88.72284,
  -87.33655,
  -88.3762626,
  -103.97208,
  -103.97209,
  9,
  -9,
  18,
  -18,
  Math.PI / 2,
  Math.PI,
  2 * Math.PI,
  1e5,
  1e30,
  -1e30,
  0.921875,
  3.925,
  -3.925,
  -5.5,
  -17.3,
];
const { Sigmoid, Tanh, Exp, Log, Sqrt, Reciprocal, Sin, Cos, Softplus, Erf, Elu, Gelu, GeluTanh, Pow } =
  kernelErrors;
const Selu = eluOf(seluAlpha, seluGamma).curve.error;

/** What is claimed of each kernel; of the program's own and the deployed ones alike. */
const claims: Readonly<Record<Exclude<keyof typeof kernels, 'Silu'>, KernelErrors>> = {
  Sigmoid,
  Tanh,
  Exp,
  Log,
  Sqrt,
  Reciprocal,
  Sin,
  Cos,
  Softplus,
  Erf,
  Elu,
  EluComposed: Elu,
  Selu,
  SeluComposed: Selu,
  Gelu,
  GeluComposed: Gelu,
  GeluNodes: Gelu,
  GeluTanh,
  GeluTanhComposed: GeluTanh,
  'Pow 0.5': Pow,
  'Pow -1': Pow,
  'Pow 2': Pow,
  'Pow 3': Pow,
  'Pow 4': Pow,
  'Pow 1.7': Pow,
  'Pow -2.5': Pow,
};
const rows = Object.entries(claims).map(([name, errors]) => {
  const kernel: Kernel = kernels[name as keyof typeof claims];
  return { name, kernel, errors };
});

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
  const { relative, absolute } = Sigmoid.float32;
  expect(errors.absoluteBeside(relative + 2 * 2 ** -24)).toBeLessThanOrEqual(absolute);
});

describe.each(rows)('$name', ({ kernel, errors: { float32, float64 } }) => {
  test('float32 kernel keeps its error, in the middle of vectors and at their tails', async () => {
    const run = await openKernel(kernel, 'float32', runtime);
    const errors = new Errors();
    for (const x of samples()) errors.collect(x, await run(x), kernel);
    const rng = createRng(2, 'tails');
    for (let length = 1; length < 64; length++) {
      const x = new Float32Array(Uint32Array.from({ length }, () => rng.uint32()).buffer);
      errors.collect(x, await run(x), kernel);
    }
    expect(errors.absoluteBeside(float32.relative)).toBeLessThanOrEqual(float32.absolute);
  });

  test.skipIf(kernel.single)('float64 kernel keeps its error', async () => {
    const run = await openKernel(kernel, 'float64', runtime);
    const errors = new Errors();
    const rng = createRng(3, 'doubles');
    for (let call = 0; call < 64; call++) {
      const x = Float64Array.from(
        { length: 4096 - call },
        () => (rng.uniform() - 0.5) * 2 ** (rng.below(40) - 33),
      );
      errors.collect(x, await run(x), kernel);
    }
    expect(errors.absoluteBeside(float64.relative)).toBeLessThanOrEqual(float64.absolute);
  });
});
