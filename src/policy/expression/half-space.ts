// One comparison of a sum with zero, as proofs have it: a bound of an input, or a linear constraint with float64 coefficients.
import { greatestWithin } from '../vnnlib/float64.js';
import { type Comparisons, FALSE, type Formula, TRUE } from '../vnnlib/formula.js';
import type { LinearConstraint, Terms } from '../vnnlib/property.js';
import { type Form, NotLinear } from './linear.js';
import { float64Of, negated, type Rational, roundedUp, signOf, times } from './rational.js';

/**
 * form <= 0, or < 0 where strict, of a form without maxima. Coefficients are those numbers exactly; where the bound is no float64, the
 * next greater one makes the half space larger, which is on the safe side of what is to be shown empty.
 * @throws NotLinear where no multiple of the form has float64 coefficients
 */
export function halfSpace(form: Form, strict: boolean, table: Comparisons): Formula {
  const sign = signOf(form.constant);
  if (form.elements.size === 0) return (strict ? sign < 0 : sign <= 0) ? TRUE : FALSE;
  const scale = commonDenominator([...form.elements.values()]);
  const elements = [...form.elements].sort(([a], [b]) => index(a) - index(b));
  const coefficients = elements.map(([, value]) => exactly(times(value, scale)));
  const bound = boundOf(times(negated(form.constant), scale));
  const [[element = 0] = []] = elements;
  const [coefficient = 0] = coefficients;
  if (elements.length === 1 && element >= 0) {
    const greatest = greatestWithin(bound, Math.abs(coefficient), strict);
    return coefficient > 0
      ? table.addBound(element + 1, greatest)
      : table.addBound(-element - 1, 0 - greatest);
  }
  const side = (isInput: boolean): Terms => {
    const chosen = elements.flatMap(([each], at) => (each >= 0 === isInput ? [at] : []));
    return {
      indices: Int32Array.from(chosen, (at) => index(elements[at]?.[0] ?? 0)),
      coefficients: Float64Array.from(chosen, (at) => coefficients[at] ?? 0),
    };
  };
  const constraint: LinearConstraint = { inputs: side(true), outputs: side(false), bound, strict };
  return table.addConstraint(constraint);
}

const index = (element: number): number => (element >= 0 ? element : ~element);

/** What makes float64 numbers of fractions such as 1/3; 1 where they are such numbers already. */
function commonDenominator(values: readonly Rational[]): Rational {
  if (values.every((value) => float64Of(value) !== undefined)) return { n: 1n, d: 1n };
  let common = 1n;
  for (const { d } of values) {
    let odd = d;
    while (odd % 2n === 0n) odd /= 2n;
    if (common % odd !== 0n) common *= odd;
  }
  return { n: common, d: 1n };
}

function exactly(value: Rational): number {
  const found = float64Of(value);
  if (found !== undefined) return found;
  throw new NotLinear('its coefficients have too many digits for a float64: write it with shorter numbers');
}

function boundOf(value: Rational): number {
  const bound = roundedUp(value);
  if (Number.isFinite(bound)) return bound + 0;
  throw new NotLinear('it compares with a number that is too large');
}
