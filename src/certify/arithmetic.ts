// Rounding, as docs/certificates.md has it: of the deployed float32 network, and of the checker's own float64.
// Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., ch. 3.
import type { Arithmetic } from '../findings/verdict.js';

/** Unit roundoff. */
const single = 2 ** -24;
export const double = 2 ** -53;

/** Covers what computing an error term itself rounds: fewer than 2^30 operations of relative error 2^-53. */
export const inflation = 1 + 2 ** -20;

/** More than all underflows of one bound together: each loses 2^-1074, times a value below 2^127, at most 2^60 times. */
export const ownUnderflow = 2 ** -800;

/** A magnitude that float32 sums reach without overflow. */
export const safeMagnitude = 2 ** 125;

/** At least what k roundings in any order lose, relative to the sum of magnitudes; Infinity where the formula says nothing. */
export const gamma = (k: number, unit: number): number =>
  k * unit < 0.25 ? ((k * unit) / (1 - k * unit)) * inflation : Infinity;

export type Deployed = {
  /** Relative error of k roundings of the deployed network. */
  relative(k: number): number;
  /** Absolute error of k operations by underflow, flushed to zero or not. */
  underflow(k: number): number;
  /** A measured error of a kernel. */
  kernel(error: number): number;
};

export const deployedIn = (arithmetic: Arithmetic): Deployed =>
  arithmetic === 'real'
    ? { relative: () => 0, underflow: () => 0, kernel: () => 0 }
    : { relative: (k) => gamma(k, single), underflow: (k) => k * 2 ** -126, kernel: (error) => error };

/** Greatest magnitude of an element. */
export const reachOf = (lower: number, upper: number): number => Math.max(Math.abs(lower), Math.abs(upper));
