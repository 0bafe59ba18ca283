// Hand-made properties for the fuzzer's tests, on the inputs themselves.
import type { Encode } from '../../../src/ops/encoding.js';
import type { Program } from '../../../src/program/program.js';
import type { Value } from '../../../src/program/value.js';

const never = (p: Program, x: Value): Value =>
  p.greater(p.reshape(p.slice(x, 1, 0, 1), x.shape.slice(0, 1)), 3e38);

/** Violated where the first element is above a bound; the margin is what is missing. */
export const firstAbove =
  (bound: number): Encode =>
  (p, x) => {
    const first = p.reshape(p.slice(x, 1, 0, 1), x.shape.slice(0, 1));
    const margin = p.sub(bound, first);
    return {
      violated: p.greater(first, bound),
      margin,
      losses: [margin],
      nonFinite: never(p, x),
      output: { name: 'x', value: x },
      hidden: [],
    };
  };

/** Strange where the first element is above a bound, never violated. */
export const strangeAbove =
  (bound: number): Encode =>
  (p, x, target) => {
    const encoding = firstAbove(bound)(p, x, target);
    return { ...encoding, violated: never(p, x), nonFinite: encoding.violated };
  };
