// Whether a condition is true of one input, without any rounding: what decides whether a witness violates an assertion.
import { type Exact, exact, exactly, order } from './extended.js';
import { type Observed, reductions, valueAt } from './observed.js';
import { type Comparison, type Condition, type Numeric, opposite } from './syntax.js';

/**
 * @param wanted true: whether it is true; false: whether it is false. It is neither where a comparison that matters has a side that is
 * NaN: Kleene's strong logic.
 */
export function is(condition: Condition, observed: Observed, wanted: boolean): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const sides = [condition.left, condition.right];
      const test = (side: Condition) => is(side, observed, wanted);
      return (condition.kind === 'and') === wanted ? sides.every(test) : sides.some(test);
    }
    case 'implies':
      return wanted
        ? is(condition.left, observed, false) || is(condition.right, observed, true)
        : is(condition.left, observed, true) && is(condition.right, observed, false);
    case 'not':
      return is(condition.of, observed, !wanted);
    case 'member':
      return isMember(condition, observed, wanted);
    case 'comparison': {
      const sign = order(numberOf(condition.left, observed), numberOf(condition.right, observed));
      return relations[wanted ? condition.operator : opposite[condition.operator]](sign);
    }
  }
}

/** All of them false where a side is NaN. */
const relations: Readonly<Record<Comparison, (sign: number) => boolean>> = {
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
  '==': (sign) => sign === 0,
  '!=': (sign) => sign < 0 || sign > 0,
};

/** Of equal outputs the earlier one is ahead. */
function isMember(
  { of, count }: Extract<Condition, { kind: 'member' }>,
  observed: Observed,
  wanted: boolean,
): boolean {
  const at = classOf(of, observed);
  const own = observed.y[at];
  const outputs = Array.from(observed.y);
  if (own === undefined || outputs.some(Number.isNaN)) return false;
  const ahead = outputs.filter((value, place) => value > own || (value === own && place < at)).length;
  return ahead < count === wanted;
}

/** Classes are small whole numbers: no arithmetic stands between. */
function classOf(part: Numeric, observed: Observed): number {
  const found = numberOf(part, observed);
  return typeof found === 'number' ? found : Number(found.n) / Number(found.d);
}

function numberOf(part: Numeric, observed: Observed): Exact {
  switch (part.kind) {
    case 'number':
      return exact(part.value);
    case 'class':
      return exact(part.index);
    case 'label':
    case 'predicted':
      return exact(observed[part.kind] ?? Number.NaN);
    case 'row':
      return exact(observed.row?.[part.index] ?? Number.NaN);
    case 'element':
      return exact(valueAt(part, observed));
    case 'negative':
      return exactly.negative(numberOf(part.of, observed));
    case 'abs':
      return exactly.greatest(
        [part.of, { kind: 'negative', of: part.of } as const].map((each) => numberOf(each, observed)),
      );
    case 'arithmetic':
      return exactly[part.operator](numberOf(part.left, observed), numberOf(part.right, observed));
    case 'reduction':
      return reduced(part, observed);
    case 'extremum': {
      const values = part.of.map((each) => numberOf(each, observed));
      return part.by === 'max' ? exactly.greatest(values) : exactly.least(values);
    }
  }
}

function reduced({ by, of }: Extract<Numeric, { kind: 'reduction' }>, observed: Observed): Exact {
  const values = Array.from(observed[of]);
  switch (by) {
    case 'argmax':
    case 'argmin':
    case 'confidence':
      return exact(reductions[by](values));
    case 'max':
      return exactly.greatest(values.map(exact));
    case 'min':
      return exactly.least(values.map(exact));
    case 'sum':
      return values.map(exact).reduce(exactly['+'], exact(0));
  }
}
