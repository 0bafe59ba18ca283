// Values as linear functions of the input and a rest, from backward bounds of their elements from below and above.
import { zeros } from '../../base/tensor.js';
import { enclosure } from '../../ops/affine.js';
import { finite, isPoint } from '../../ops/interval.js';
import { greatestMagnitude } from '../../ops/lines.js';
import type { Zonotope } from '../../ops/zonotope.js';
import { staticSize } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { concretize, type Frame, loseUnderflow, newLedger, toInputs } from './backward.js';
import { unitRows } from './unit-rows.js';

/** Numbers in the generators of one value, at most. */
const greatestGenerators = 2 ** 22;

/** Zonotopes of values over the box of `input`; each is built once. Undefined for what is too large, or not computed. */
export function zonotopesOf(frame: Frame, input: string): (name: string) => Zonotope | undefined {
  const { zonotopeOf: _, ...plain } = frame;
  const built = new Map<string, Zonotope | undefined>();
  return (name) => {
    if (!built.has(name)) built.set(name, zonotopeOf(plain, input, name));
    return built.get(name);
  };
}

/**
 * With L x + l <= v <= U x + u and M = (L + U) / 2: v - M (x - mid) is at least the least of (L - M) x + l + M mid in the box, and alike
 * from above. M (x - mid) = (M rad) y with y in [-1, 1], but for the rounding of M rad.
 */
function zonotopeOf(frame: Frame, input: string, name: string): Zonotope | undefined {
  const { p, rounding, bounded } = frame;
  const box = bounded.bounds(input);
  const bounds = bounded.bounds(name);
  if (isPoint(box) || isPoint(bounds) || bounded.contextOf(name) === undefined) return undefined;
  const [size, inputs] = [staticSize(bounds.lower.shape), staticSize(box.lower.shape)];
  if (size * inputs > greatestGenerators) return undefined;
  const ledger = newLedger(frame);
  const start = p.reshape(p.cast(p.constant(unitRows(size)), rounding.dtype), [
    2 * size,
    ...bounds.lower.shape,
  ]);
  const pending = toInputs(frame, new Map([[name, start]]), ledger);
  const coefficients = pending.get(input);
  if (coefficients === undefined) return undefined;
  // What only moves contributes nothing.
  ledger.contribute(p.cast(p.constant(zeros('float32', [2 * size])), rounding.dtype));
  for (const [other, a] of pending) if (other !== input) concretize(frame, other, a, ledger);
  const total = ledger.total();
  const [below, above] = [p.slice(coefficients, 0, 0, size), p.slice(coefficients, 0, size, 2 * size)];
  const middle = p.mul(p.sub(below, above), 0.5);
  const least = restOf(frame, input, middle, p.sub(below, middle), p.slice(total, 0, 0, size));
  const most = p.neg(
    restOf(frame, input, p.neg(middle), p.add(above, middle), p.slice(total, 0, size, 2 * size)),
  );
  const { rad } = enclosure(p, rounding, box);
  const generators = p.reshape(p.mul(middle, rad), [size, inputs]);
  const reach = p.reshape(p.reduceSum(p.abs(generators), [1]), [size]);
  const lost = p.add(p.mul(reach, rounding.program(16)), 4 * inputs * rounding.ownUnderflow);
  const rest = {
    lower: p.sub(least, p.add(lost, p.mul(p.abs(least), rounding.program(8)))),
    upper: p.add(most, p.add(lost, p.mul(p.abs(most), rounding.program(8)))),
  };
  const isKnown = finite(p, rest, { lower: reach, upper: reach });
  const { shape } = bounds.lower;
  const known = p.reshape(isKnown, shape);
  return {
    generators: p.reshape(p.where(p.reshape(isKnown, [size, 1]), generators, 0), [...shape, inputs]),
    lower: p.where(known, p.reshape(rest.lower, shape), bounds.lower),
    upper: p.where(known, p.reshape(rest.upper, shape), bounds.upper),
  };
}

/** Lower bounds of difference . x + middle . mid + constant, for a difference that is off by one rounding: [size]. */
function restOf(frame: Frame, input: string, middle: Value, difference: Value, constant: Value): Value {
  const { p, rounding, bounded } = frame;
  const { ball: _, ...inBox } = frame;
  const box = bounded.bounds(input);
  const ledger = newLedger(frame);
  ledger.contribute(constant);
  ledger.add(middle, p.abs(middle), enclosure(p, rounding, box).mid, undefined);
  const lost = p.mul(greatestMagnitude(p, box), rounding.program(4));
  ledger.add(difference, p.abs(difference), undefined, lost);
  loseUnderflow(frame, input, 2, ledger);
  concretize(inBox, input, difference, ledger);
  return ledger.total();
}
