// The backward step of a Relu of which parts of one box share the lines: what differs between parts is a mask and the lower slope, so
// that nearly all of the relaxation is computed once a call and not once a part.
import type { BoundedModel } from '../../../ops/bound-model.js';
import { finite } from '../../../ops/interval.js';
import { greatestMagnitude } from '../../../ops/lines.js';
import type { Step } from '../../../ops/relax-model.js';
import type { Rounding } from '../../../ops/rounding.js';
import type { Program } from '../../../program/program.js';
import type { Value } from '../../../program/value.js';

export type Choices = {
  /** 1 where the neuron's input is known to be >= 0 or <= 0 by a split, else 0. */
  readonly positive: Value;
  readonly negative: Value;
  /** In [0, 1]. */
  readonly slope: Value;
};

/**
 * max(z, 0) for z in the bounds of `source`, which hold for all parts. Lines as in relu.ts: below slope z, above chord z + offset; where the
 * sign is known, by the bounds or by a split, z itself or 0. Their mean m z + offset / 2 and half their difference d z - offset / 2
 * are those of `betweenPlanes` (lines.ts) with |m| + |d| <= 1.
 */
export function reluStep(
  p: Program,
  rounding: Rounding,
  bounded: BoundedModel,
  source: string,
  { positive, negative, slope }: Choices,
): Step {
  const bounds = bounded.bounds(source);
  const { lower, upper } = bounds;
  const undecided = p.and(p.less(lower, 0), p.greater(upper, 0));
  const known = p.cast(p.greaterOrEqual(lower, 0), 'float32');
  const open = p.cast(undecided, 'float32');
  const zero = p.scalar('float32', 0);
  const chord = p.where(undecided, p.min(p.div(upper, p.sub(upper, lower)), 1), zero);
  const reach = p.max(p.mul(p.neg(chord), lower), p.mul(p.sub(1, chord), upper));
  const outward = p.add(p.mul(reach, 1 + 8 * rounding.own), 4 * rounding.ownUnderflow);
  const offset = p.mul(p.where(undecided, outward, zero), 0.5);
  // Half the lines' distance at 0, with what halving and summing round.
  const spread = p.mul(offset, 1 + rounding.program(24));
  // m and d, a m, |a| d and their sum.
  const rounded = p.mul(greatestMagnitude(p, bounds), rounding.program(16));
  const errors = p.where(finite(p, bounds), p.add(rounded, 8 * rounding.ownUnderflow), Infinity);
  const free = p.mul(open, p.sub(1, p.add(positive, negative)));
  const active = p.add(known, p.mul(open, positive));
  const middle = p.add(p.mul(free, p.mul(p.add(slope, chord), 0.5)), active);
  const half = p.mul(free, p.mul(p.sub(slope, chord), 0.5));
  return {
    parts: [
      {
        source,
        operations: 8,
        back: (a, magnitude) => p.add(p.mul(a, middle), p.mul(magnitude, half)),
      },
    ],
    offset: p.mul(free, offset),
    gap: p.add(p.mul(free, spread), errors),
    odd: false,
  };
}
