// Greatest error of ONNX Runtime's kernels against float64 references, binade by binade of the true value.
// Reference: V8's Math.exp, log and tanh (ports of fdlibm) are within 1 ulp of float64, 2^-29 ulp of float32.
import type { FloatDType } from '../../src/base/dtype.js';
import type { Tensor } from '../../src/base/tensor.js';
import { compile } from '../../src/program/compile.js';
import { Program } from '../../src/program/program.js';
import type { Runtime } from '../../src/program/session.js';
import type { Value } from '../../src/program/value.js';

export type Kernel = {
  build(p: Program, x: Value): Value;
  reference(x: number): number;
  /** Where it is measured; everywhere if left out. */
  domain?(x: number): boolean;
};

export const kernels = {
  Sigmoid: { build: (p, x) => p.sigmoid(x), reference: sigmoid },
  Tanh: { build: (p, x) => p.tanh(x), reference: Math.tanh },
  Exp: { build: (p, x) => p.exp(x), reference: Math.exp },
  Log: { build: (p, x) => p.log(x), reference: Math.log },
  /** x * sigmoid(x), which ONNX Runtime fuses into a kernel of its own; seen as the sigmoid that it stands for. */
  Silu: {
    build: (p, x) => p.div(p.mul(x, p.sigmoid(x)), x),
    reference: sigmoid,
    // Outside, x * sigmoid(x) underflows or overflows.
    domain: (x) => Math.abs(x) > 2 ** -90 && Math.abs(x) < 2 ** 100 && x > -60,
  },
} satisfies Record<string, Kernel>;

/** The division by a sum of positive terms loses at most 3 ulp of float64 on either side. */
function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** Runs the kernel on a vector of any length. */
export async function openKernel(kernel: Kernel, dtype: FloatDType, runtime: Runtime) {
  const p = new Program();
  const y = kernel.build(p, p.input('x', dtype, ['n']));
  const session = await compile(p, { y }, runtime);
  return async (x: Float32Array | Float64Array): Promise<Float32Array | Float64Array> => {
    const value = { dtype, shape: [x.length], data: x } as Tensor;
    const data = (await session.run({ x: value })).y?.data;
    if (data instanceof Float32Array || data instanceof Float64Array) return data;
    throw new TypeError('the kernel returned no floats');
  };
}

/** Exponent of the lowest binade that is told apart: all smaller values, zero too, share the first entry. */
const lowest = -127;

export class Errors {
  /** Greatest |computed - true| where |true| rounds into [2^k, 2^(k+1)), by k - lowest. */
  readonly worst = new Float64Array(256);
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);

  collect(x: ArrayLike<number>, y: ArrayLike<number>, { reference, domain }: Kernel): void {
    for (let at = 0; at < x.length; at++) {
      if (domain !== undefined && !domain(x[at] as number)) continue;
      const expected = reference(x[at] as number);
      const computed = y[at] as number;
      this.#float[0] = expected;
      const binade = ((this.#bits[0] as number) >>> 23) & 255;
      // Infinite or NaN in float32: the kernel has to overflow, too, or to come close.
      const error =
        binade === 255 ? outOfRange(expected, computed) : finiteError(Math.abs(computed - expected));
      if (error > (this.worst[binade] as number)) this.worst[binade] = error;
    }
  }

  /** The smallest absolute error that goes with a relative one. The binade's lower end makes it an upper bound. */
  absoluteBeside(relative: number): number {
    return this.worst.reduce((most, error, binade) => {
      const least = binade === 0 ? 0 : 2 ** (binade + lowest);
      return Math.max(most, error - relative * least);
    }, 0);
  }

  /** Greatest error in units in the last place of the true value, and the binade where it is. */
  ulps(mantissaBits: number): { readonly ulps: number; readonly binade: number } {
    const each = [...this.worst].map((error, at) => ({
      ulps: error / 2 ** (Math.max(at, 1) + lowest - mantissaBits),
      binade: at + lowest,
    }));
    return each.reduce((most, next) => (next.ulps > most.ulps ? next : most));
  }
}

const finiteError = (error: number): number => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);

function outOfRange(expected: number, computed: number): number {
  if (Number.isNaN(expected)) return Number.isNaN(computed) ? 0 : Number.POSITIVE_INFINITY;
  return Object.is(Math.fround(expected), computed) ? 0 : Number.POSITIVE_INFINITY;
}

/** `count` float32 numbers whose bits count upwards from `first`. */
export function floatsFrom(first: number, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let at = 0; at < count; at++) bits[at] = first + at;
  return new Float32Array(bits.buffer);
}
