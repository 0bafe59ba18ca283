// Error terms of floating-point arithmetic: of the deployed float32 network and of the bound program itself.
// Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., ch. 3.
import { type FloatDType, greatestFinite, smallestNormal, unitRoundoff } from '../base/dtype.js';

/** gamma_k = k u / (1 - k u): relative error of k roundings in any order. */
export function gamma(k: number, u: number): number {
  if (k * u >= 0.5) throw new RangeError(`gamma of ${k} roundings is meaningless`);
  return (k * u) / (1 - k * u);
}

/** Whether the network of a proof runs in float32 (`deployed`) or in exact real arithmetic (`real`). */
export type Deployment = 'deployed' | 'real';

export type Rounding = {
  readonly dtype: FloatDType;
  /** Unit roundoff of the bound program. */
  readonly own: number;
  /** Relative error of k roundings of the deployed network; 0 in real arithmetic. */
  deployed(k: number): number;
  /** Relative error of k roundings of the bound program. */
  program(k: number): number;
  /** Absolute error of k operations, deployed and own, by underflow. */
  underflow(k: number): number;
  /** Absolute error of one operation of the bound program, by underflow. */
  readonly ownUnderflow: number;
  /** A magnitude that the deployed network reaches without overflow, with room for the bound program's own. */
  readonly safeMagnitude: number;
};

export function createRounding(dtype: FloatDType, deployment: Deployment): Rounding {
  const own = unitRoundoff[dtype];
  const deployed = deployment === 'deployed' ? unitRoundoff.float32 : 0;
  // Smallest normal, not smallest subnormal: covers kernels that flush results to zero, at no cost in tightness.
  const tiny = (deployment === 'deployed' ? smallestNormal.float32 : 0) + smallestNormal[dtype];
  return {
    dtype,
    own,
    deployed: (k) => gamma(k, deployed),
    program: (k) => gamma(k, own),
    underflow: (k) => k * tiny,
    ownUnderflow: smallestNormal[dtype],
    safeMagnitude: Math.min(greatestFinite.float32, greatestFinite[dtype]) / 4,
  };
}
