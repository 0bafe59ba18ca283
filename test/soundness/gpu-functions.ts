// Greatest errors of the functions that the gpu.js backend computes itself, against float64 references.
import { discoverTypes } from '../../src/backends/discover-types.js';
import { type GpuMode, openEngine } from '../../src/backends/gpu/engine.js';
import { lowerToKernels } from '../../src/backends/gpu/lower.js';
import { kernelErrors } from '../../src/ops/kernel-error.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { modelOf, type NodeShorthand } from '../helpers/models.js';
import { Errors, floatsFrom, type Kernel, kernels } from './kernels.js';

/** Node -> the reference of the same function, which is also what bounds are made of (src/ops/kernel-error.ts). */
export const gpuFunctions = {
  Exp: kernels.Exp,
  Log: kernels.Log,
  Sqrt: kernels.Sqrt,
  Reciprocal: kernels.Reciprocal,
  Sigmoid: kernels.Sigmoid,
  Tanh: kernels.Tanh,
  Softplus: kernels.Softplus,
  Elu: kernels.Elu,
  Softsign: { build: ['Softsign', ['x'], 'y'], reference: (x) => x / (1 + Math.abs(x)) },
} satisfies Record<string, Kernel>;

export type GpuFunction = keyof typeof gpuFunctions;

/** Elements and rows per run. */
const width = 4096;
const height = 64;

/** Finite arguments only: what is not finite is flagged, and has no bound. */
const domainOf =
  ({ domain }: Kernel) =>
  (x: number): boolean =>
    Number.isFinite(x) && (domain?.(x) ?? true);

/** Over every float32 number whose bits are a multiple of `stride`. */
export async function measureFunction(name: GpuFunction, mode: GpuMode, stride: number): Promise<Errors> {
  const runtime = createInlineRuntime();
  const node: NodeShorthand = [name, ['x'], 'y'];
  const model = await discoverTypes(modelOf(['batch', width], [node], {}, 21), name, runtime);
  const engine = await openEngine(lowerToKernels(model, name, 'unwatched'), mode);
  const kernel: Kernel = gpuFunctions[name];
  const errors = new Errors();
  for (let first = 0; first < 2 ** 32; first += width * height * stride) {
    const x = floatsFrom(first, width * height, stride);
    const { output } = await engine.run(x, height);
    errors.collect(x, output, { ...kernel, domain: domainOf(kernel) });
  }
  await engine.close();
  await runtime.close();
  return errors;
}

export type FunctionError = {
  readonly name: GpuFunction;
  /** Greatest absolute error beside the relative one that bounds allow for. */
  readonly absolute: number;
  /** The absolute error that they allow for. */
  readonly allowed: number;
};

export async function functionErrors(mode: GpuMode, stride: number): Promise<FunctionError[]> {
  const found: FunctionError[] = [];
  for (const name of Object.keys(gpuFunctions) as GpuFunction[]) {
    const { relative, absolute } = kernelErrors[name].float32;
    const errors = await measureFunction(name, mode, stride);
    found.push({ name, absolute: errors.absoluteBeside(relative), allowed: absolute });
  }
  return found;
}
