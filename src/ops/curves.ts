// The functions of one variable that the operators relax, with their derivatives and where they bend.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { type Bends, type Curve, concave, convex, sigmoidal } from './curve.js';
import { elu, gelu, geluTanh, geluTanhSlope } from './functions.js';
import { type KernelError, kernelErrors } from './kernel-error.js';

/** A function and its shape. */
export type Bent = { readonly curve: Curve; readonly bends: Bends };

/** Derivatives that lose nothing but a few roundings of their own size. */
const relative = (roundings: number) => ({ relative: roundings, absolute: 0 });
/** Derivatives computed by subtraction, or from a kernel with an absolute error. */
const absolute = (roundings: number) => ({ relative: 0, absolute: roundings });

const logistic: Curve = {
  value: (p, x) => p.sigmoid(x),
  slope: (p, x) => p.mul(p.sigmoid(x), p.sub(1, p.sigmoid(x))),
  error: kernelErrors.Sigmoid,
  // At most 8 u of sigmoid itself times |1 - 2 y|, and three roundings of 1/4.
  slopeError: absolute(12),
};

const hyperbolicTangent: Curve = {
  value: (p, x) => p.tanh(x),
  slope: (p, x) => p.sub(1, p.mul(p.tanh(x), p.tanh(x))),
  error: kernelErrors.Tanh,
  // 2 |y| times the 16 u of tanh, and two roundings.
  slopeError: absolute(40),
};

const exponential: Curve = {
  value: (p, x) => p.exp(x),
  slope: (p, x) => p.exp(x),
  error: kernelErrors.Exp,
  slopeError: relative(10),
};

/** No further right than keeps the tangent positive at the lower end. */
const positiveTangent: Bends = {
  ...convex,
  below: () => [
    {
      from: -Infinity,
      to: Infinity,
      tangentAt: (p, { lower, upper }) =>
        p.min(p.add(p.mul(lower, 0.5), p.mul(upper, 0.5)), p.add(lower, 0.99)),
    },
  ],
};

const errorFunction: Curve = {
  value: (p, x) => p.erf(x),
  slope: (p, x) => p.mul(p.exp(p.neg(p.mul(x, x))), 2 / Math.sqrt(Math.PI)),
  error: kernelErrors.Erf,
  // Rounding x^2 moves exp(-x^2) by x^2 exp(-x^2) u < 0.4 u; exp loses 8 u; both times 1.13.
  slopeError: absolute(16),
};

export const bent = {
  Sigmoid: { curve: logistic, bends: sigmoidal },
  Tanh: { curve: hyperbolicTangent, bends: sigmoidal },
  Erf: { curve: errorFunction, bends: sigmoidal },
  Exp: { curve: exponential, bends: positiveTangent },
  Softplus: {
    curve: {
      value: (p, x) => p.softplus(x),
      slope: (p, x) => p.sigmoid(x),
      error: kernelErrors.Softplus,
      slopeError: absolute(12),
    },
    bends: convex,
  },
  Log: {
    curve: {
      value: (p, x) => p.log(x),
      slope: (p, x) => p.reciprocal(x),
      error: kernelErrors.Log,
      slopeError: relative(4),
    },
    bends: concave,
  },
  Sqrt: {
    curve: {
      value: (p, x) => p.sqrt(x),
      slope: (p, x) => p.div(p.scalar(x.dtype, 0.5), p.sqrt(x)),
      error: kernelErrors.Sqrt,
      slopeError: relative(6),
    },
    bends: concave,
  },
  Softsign: {
    curve: {
      value: (p, x) => p.div(x, p.add(p.abs(x), 1)),
      slope: (p, x) => {
        const share = p.reciprocal(p.add(p.abs(x), 1));
        return p.mul(share, share);
      },
      error: kernelErrors.Softsign,
      slopeError: relative(16),
    },
    bends: sigmoidal,
  },
} satisfies Record<string, Bent>;

/** gamma x for x >= 0, gamma alpha (exp(x) - 1) below; alpha >= 0, gamma > 0. Convex up to 0, linear from there. */
export function eluOf(alpha: number, gamma: number): Bent {
  const error = (each: KernelError): KernelError => ({
    relative: each.relative,
    absolute: each.absolute * Math.max(alpha, 1) * gamma,
  });
  const curve: Curve = {
    value: (p, x) => scaled(p, elu(p, x, alpha), gamma),
    slope: (p, x) => {
      const below = p.mul(p.exp(p.min(x, 0)), alpha * gamma);
      return p.where(p.greater(x, 0), p.scalar(x.dtype, gamma), below);
    },
    error: { float32: error(kernelErrors.Elu.float32), float64: error(kernelErrors.Elu.float64) },
    slopeError: relative(14),
  };
  // At 0 the slope falls from alpha to 1, or rises.
  return { curve, bends: alpha <= 1 ? convex : sigmoidal };
}

const scaled = (p: Program, x: Value, factor: number): Value => (factor === 1 ? x : p.mul(x, factor));

/** Of x Phi(x), or its approximation by tanh. */
export function geluOf(approximate: boolean): Bent {
  const inflection = approximate ? 1.418504008790828 : Math.SQRT2;
  return { curve: approximate ? approximateGelu : exactGelu, bends: geluBends(inflection) };
}

const exactGelu: Curve = {
  value: gelu,
  slope: (p, x) => {
    const density = p.mul(p.exp(p.mul(p.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return p.add(p.mul(p.add(p.erf(p.mul(x, Math.SQRT1_2)), 1), 0.5), p.mul(x, density));
  },
  error: kernelErrors.Gelu,
  // Half of the 64 u of erf; |x| times the density < 0.25, of which exp loses 8 u; roundings of numbers up to 2.
  slopeError: absolute(48),
};

const approximateGelu: Curve = {
  value: geluTanh,
  slope: geluTanhSlope,
  error: kernelErrors.GeluTanh,
  slopeError: absolute(48),
};

/** Concave, convex between -+inflection, concave. What is far left of that is below every line of slope 0 to 1. */
function geluBends(inflection: number): Bends {
  const isRight = (p: Program, upper: Value) => p.greater(upper, inflection);
  const pick = (p: Program, upper: Value, yes: number, no: number) =>
    p.where(isRight(p, upper), p.scalar(upper.dtype, yes), no);
  return {
    below: () => [{ from: -inflection, to: inflection }],
    above: (p, { upper }) => [
      { from: pick(p, upper, inflection, -Infinity), to: pick(p, upper, Infinity, -inflection) },
      {
        from: -Infinity,
        to: pick(p, upper, -inflection, -Infinity),
        tangentAt: (_p, { lower }) => lower,
      },
    ],
  };
}
