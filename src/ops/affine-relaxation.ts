// Affine layers backwards: coefficients go through the transpose; what the deployed layer rounds goes into the gap.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { type Affine, scaleMagnitude, spareRoundings } from './affine.js';
import { transposed } from './linear.js';
import { greatestMagnitude } from './lines.js';
import type { Rounding } from './rounding.js';

/** One step from y = scale * linear(z) + bias to z. */
export type AffineStep = {
  /** [rows, ...y] -> [rows, ...z] */
  back(a: Value): Value;
  /** Broadcasts to y; undefined for 0. */
  readonly offset: Value | undefined;
  /** Broadcasts to y, >= 0. */
  readonly gap: Value;
  readonly operations: number;
};

/**
 * DESIGN section 5: |deployed y - exact| <= gamma_(n+1) (|scale| |W| |z| + |bias|) + underflow, n the layer's length, which
 * counts what was merged into it. The program's A W is off by gamma_k |A| |W|, k the elements of y that read one of z, and
 * A * scale by one rounding more.
 */
export function affineStep(p: Program, rounding: Rounding, affine: Affine): AffineStep {
  const { input, linear, absLinear, scale, bias, biasMagnitude, length, merged, readers, underflow } = affine;
  const back = transposed(p, linear, input.lower);
  const product = absLinear(greatestMagnitude(p, input));
  const reach = scale === undefined ? product : p.mul(product, scaleMagnitude(p, scale));
  const deployed = rounding.deployed(length + spareRoundings);
  // The magnitudes themselves are computed by sums of as many terms: hence twice the roundings, which also round up.
  const own = rounding.program(readers + merged + 8) + rounding.program(2 * length + 16) * deployed;
  const ofProduct = p.mul(reach, (deployed + own) * (1 + 2 * rounding.program(length + 16)));
  const errors = [
    ofProduct,
    underflow,
    ...(biasMagnitude === undefined ? [] : [p.mul(biasMagnitude, deployed + rounding.program(merged + 8))]),
  ];
  return {
    back: (a) => back(scale === undefined ? a : p.mul(a, scale)),
    offset: bias,
    gap: p.mul(
      errors.reduce((sum, error) => p.add(sum, error)),
      1 + 8 * rounding.own,
    ),
    operations: readers + 2,
  };
}
