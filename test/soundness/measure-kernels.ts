// Measures what src/ops/kernel-error.ts states, over all 2^32 float32 inputs or every so many-th. Run by hand, some minutes
// per kernel: npm run build && nice -n 10 node dist/test/soundness/measure-kernels.js [Sigmoid Tanh ...]
import { argv, stdout } from 'node:process';
import { createRng } from '../../src/base/rng.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { runtimeVersion } from '../../src/program/ort.js';
import { Errors, floatsFrom, type Kernel, kernels, openKernel } from './kernels.js';

const block = 2 ** 20;
/** Lengths with every kind of tail behind vectors of 4, 8 and 16; 1 is what a single row often has. */
const tails = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63];
const runtime = createInlineRuntime();

async function everyInput(kernel: Kernel): Promise<Errors> {
  const run = await openKernel(kernel, 'float32', runtime);
  const errors = new Errors();
  const stride = kernel.stride ?? 1;
  for (let first = 0; first < 2 ** 32; first += block * stride) {
    const x = floatsFrom(first, block, stride);
    errors.collect(x, await run(x), kernel);
  }
  return errors;
}

/** Short vectors, where the kernels use other code than in the middle of long ones. */
async function shortVectors(kernel: Kernel, calls: number): Promise<Errors> {
  const run = await openKernel(kernel, 'float32', runtime);
  const errors = new Errors();
  const rng = createRng(1, 'short');
  for (const length of tails) {
    for (let call = 0; call < calls; call++) {
      const x = new Float32Array(Uint32Array.from({ length }, () => rng.uint32()).buffer);
      errors.collect(x, await run(x), kernel);
    }
  }
  return errors;
}

async function doubles(kernel: Kernel, calls: number): Promise<Errors> {
  const run = await openKernel(kernel, 'float64', runtime);
  const errors = new Errors();
  const rng = createRng(1, 'double');
  for (let call = 0; call < calls; call++) {
    const length = call % 3 === 0 ? (call % 64) + 1 : 4096;
    const x = Float64Array.from({ length }, () => (rng.uniform() - 0.5) * 2 ** (rng.below(58) - 50));
    errors.collect(x, await run(x), kernel);
  }
  return errors;
}

const power = (value: number): string => (value === 0 ? '0' : `2^${Math.log2(value).toFixed(2)}`);

function report(name: string, errors: Errors, mantissaBits: number): void {
  const { ulps, binade } = errors.ulps(mantissaBits);
  stdout.write(`${name}: ${ulps.toFixed(3)} ulp in binade 2^${binade}\n`);
  for (const units of [1, 2, 3, 4, 6, 8, 12, 16]) {
    const relative = units * 2 ** -(mantissaBits + 1);
    stdout.write(`  relative ${units} u -> absolute ${power(errors.absoluteBeside(relative))}\n`);
  }
}

const chosen = argv.length > 2 ? argv.slice(2) : Object.keys(kernels);
stdout.write(`onnxruntime-node ${runtimeVersion()}\n`);
for (const [name, kernel] of Object.entries<Kernel>(kernels)) {
  if (!chosen.includes(name)) continue;
  // ONNX Runtime fuses x * sigmoid(x) in float64, too, and then has no kernel for it.
  if (name !== 'Silu' && kernel.single !== true) report(`${name} float64`, await doubles(kernel, 1200), 52);
  report(`${name} float32, short vectors`, await shortVectors(kernel, 2 ** 16), 23);
  const swept = kernel.stride === undefined ? 'every input' : `every ${kernel.stride}th input`;
  report(`${name} float32, ${swept}`, await everyInput(kernel), 23);
}
