// Greatest error of ONNX Runtime's kernels against float64 references, binade by binade of the true value.
// Reference: V8's Math.exp, log and tanh (ports of fdlibm) are within 1 ulp of float64, 2^-29 ulp of float32.
import type { FloatDType } from '../../src/base/dtype.js';
import type { Tensor } from '../../src/base/tensor.js';
import { elu, gelu, geluTanh, seluAlpha, seluGamma } from '../../src/ops/functions.js';
import { compile } from '../../src/program/compile.js';
import { encodeModel } from '../../src/program/emit.js';
import { Program } from '../../src/program/program.js';
import type { Runtime, Session } from '../../src/program/session.js';
import type { Value } from '../../src/program/value.js';
import { modelOf, type NodeShorthand } from '../helpers/models.js';
import { erf } from '../laws/program/reference/elementwise.js';

export type Kernel = {
  /** As a program, or the node as a file has it. */
  readonly build: ((p: Program, x: Value) => Value) | NodeShorthand;
  reference(x: number): number;
  /** Where it is measured; everywhere if left out. */
  domain?(x: number): boolean;
  /** A node that has no float64 kernel. */
  readonly single?: true;
  /** Only every so many-th input is tried, a prime: for kernels that would take long. */
  readonly stride?: number;
};

const power = (exponent: number): Kernel => ({
  build: (p, x) => p.pow(x, exponent),
  reference: (x) => x ** exponent,
  // Below, float32 underflows, by 2^-126 at most, and relative errors of float64 are not told apart.
  domain: (x) => !(Math.abs(x ** exponent) < 2 ** -126),
  stride: 4093,
});

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
  Sqrt: { build: (p, x) => p.sqrt(x), reference: Math.sqrt },
  Reciprocal: { build: (p, x) => p.reciprocal(x), reference: (x) => 1 / x, stride: 4093 },
  Sin: { build: (p, x) => p.sin(x), reference: Math.sin, stride: 13 },
  Cos: { build: (p, x) => p.cos(x), reference: Math.cos, stride: 13 },
  Softplus: {
    build: (p, x) => p.softplus(x),
    reference: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0),
    stride: 13,
  },
  Erf: { build: (p, x) => p.erf(x), reference: erf, stride: 61 },
  Elu: { build: ['Elu', ['x'], 'y'], reference: eluReference, single: true, stride: 13 },
  EluComposed: { build: (p, x) => elu(p, x, 1), reference: eluReference, stride: 4093 },
  Selu: { build: ['Selu', ['x'], 'y'], reference: seluReference, single: true, stride: 4093 },
  SeluComposed: {
    build: (p, x) => p.mul(elu(p, x, seluAlpha), seluGamma),
    reference: seluReference,
    stride: 4093,
  },
  Gelu: { build: ['Gelu', ['x'], 'y'], reference: geluReference, single: true, stride: 4093 },
  GeluComposed: { build: gelu, reference: geluReference, stride: 1009 },
  /** The nodes that exporters write, in an order that ONNX Runtime fuses into a kernel of its own. */
  GeluNodes: {
    build: (p, x) => p.mul(p.mul(x, p.add(p.erf(p.div(x, Math.SQRT2)), 1)), 0.5),
    reference: geluReference,
    stride: 101,
  },
  GeluTanh: {
    build: ['Gelu', ['x'], 'y', { approximate: 'tanh' }],
    reference: geluTanhReference,
    single: true,
    stride: 101,
  },
  GeluTanhComposed: { build: geluTanh, reference: geluTanhReference, stride: 1009 },
  'Pow 0.5': power(0.5),
  'Pow -1': power(-1),
  'Pow 2': power(2),
  'Pow 3': power(3),
  'Pow 4': power(4),
  'Pow 1.7': power(Math.fround(1.7)),
  'Pow -2.5': power(-2.5),
} satisfies Record<string, Kernel>;

function eluReference(x: number): number {
  return x > 0 ? x : Math.expm1(x);
}

function seluReference(x: number): number {
  return seluGamma * (x > 0 ? x : seluAlpha * Math.expm1(x));
}

/** For x < 0 it cancels: within |x| 2^-50. */
function geluReference(x: number): number {
  return x === -Infinity ? Number.NaN : 0.5 * x * (1 + erf(x * Math.SQRT1_2));
}

function geluTanhReference(x: number): number {
  return x === -Infinity ? Number.NaN : x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
}

/** The division by a sum of positive terms loses at most 3 ulp of float64 on either side. */
function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

function opened(build: Kernel['build'], dtype: FloatDType, runtime: Runtime): Promise<Session> {
  if (typeof build !== 'function') return runtime.open(encodeModel(modelOf(['n'], [build], {}, 21)), 'all');
  const p = new Program();
  return compile(p, { y: build(p, p.input('x', dtype, ['n'])) }, runtime);
}

/** Runs the kernel on a vector of any length. */
export async function openKernel(kernel: Kernel, dtype: FloatDType, runtime: Runtime) {
  const session = await opened(kernel.build, dtype, runtime);
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

/** `count` float32 numbers whose bits count upwards from `first` in steps of `stride`. */
export function floatsFrom(first: number, count: number, stride = 1): Float32Array {
  const bits = new Uint32Array(count);
  for (let at = 0; at < count; at++) bits[at] = first + at * stride;
  return new Float32Array(bits.buffer);
}
