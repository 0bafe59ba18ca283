// Numbers of an assertion as sums of elements and of maxima of such sums, with fractions for coefficients.
import type { Element } from '../vnnlib/linear-form.js';
import { over, plus, type Rational, rationalOf, signOf, times, zero } from './rational.js';
import type { Numeric, Vector } from './syntax.js';

/** constant + sum of coefficient * element + sum of scale * max(choices) */
export type Form = {
  readonly constant: Rational;
  readonly elements: ReadonlyMap<Element, Rational>;
  readonly maxima: readonly { readonly scale: Rational; readonly choices: readonly Form[] }[];
};

/** What is not made of such sums: it can be tested, but not proved. */
export class NotLinear extends Error {
  override readonly name = 'NotLinear';
}

/** What stands for a row in the forms of one instance. */
export type Fixed = {
  readonly sizes: Readonly<Record<Vector, number>>;
  readonly label: number;
  readonly predicted?: number | undefined;
  readonly row?: ArrayLike<number> | undefined;
};

export const elementOf = (of: Vector, index: number): Element => (of === 'x' ? index : ~index);

const constant = (value: Rational): Form => ({ constant: value, elements: new Map(), maxima: [] });

export const single = (element: Element): Form => ({
  ...constant(zero),
  elements: new Map([[element, rationalOf(1)]]),
});

export function scaled(form: Form, scale: Rational): Form {
  if (scale.n === 0n) return constant(zero);
  return {
    constant: times(form.constant, scale),
    elements: new Map([...form.elements].map(([element, value]) => [element, times(value, scale)])),
    maxima: form.maxima.map((maximum) => ({ ...maximum, scale: times(maximum.scale, scale) })),
  };
}

export function sum(a: Form, b: Form): Form {
  const elements = new Map(a.elements);
  for (const [element, value] of b.elements) {
    const total = plus(elements.get(element) ?? zero, value);
    if (total.n === 0n) elements.delete(element);
    else elements.set(element, total);
  }
  return { constant: plus(a.constant, b.constant), elements, maxima: [...a.maxima, ...b.maxima] };
}

export const minusOne = rationalOf(-1);
export const difference = (a: Form, b: Form): Form => sum(a, scaled(b, minusOne));

const isConstant = ({ elements, maxima }: Form): boolean => elements.size === 0 && maxima.length === 0;

function greatest(choices: readonly Form[]): Form {
  const [first, second] = choices;
  if (first === undefined) throw new RangeError('a maximum of nothing');
  return second === undefined ? first : { ...constant(zero), maxima: [{ scale: rationalOf(1), choices }] };
}

const least = (choices: readonly Form[]): Form =>
  scaled(greatest(choices.map((form) => scaled(form, minusOne))), minusOne);

/** @throws NotLinear */
export function formOf(part: Numeric, fixed: Fixed): Form {
  switch (part.kind) {
    case 'number':
      return numberForm(part.value);
    case 'class':
      return numberForm(part.index);
    case 'label':
    case 'predicted':
      return numberForm(fixed[part.kind] ?? Number.NaN);
    case 'row':
      return numberForm(fixed.row?.[part.index] ?? Number.NaN);
    case 'element': {
      const index = typeof part.index === 'number' ? part.index : (fixed[part.index] ?? -1);
      if (!(index >= 0 && index < fixed.sizes[part.of]))
        throw new NotLinear(`${part.of}[${part.index}] is not there`);
      return single(elementOf(part.of, index));
    }
    case 'negative':
      return scaled(formOf(part.of, fixed), minusOne);
    case 'abs': {
      const form = formOf(part.of, fixed);
      return greatest([form, scaled(form, minusOne)]);
    }
    case 'arithmetic':
      return arithmeticForm(part, fixed);
    case 'reduction':
      return reductionForm(part, fixed);
    case 'extremum': {
      const choices = part.of.map((each) => formOf(each, fixed));
      return part.by === 'max' ? greatest(choices) : least(choices);
    }
  }
}

function numberForm(value: number): Form {
  if (!Number.isFinite(value)) throw new NotLinear(`${value} is no finite number`);
  return constant(rationalOf(value));
}

function arithmeticForm(
  { operator, left, right }: Extract<Numeric, { kind: 'arithmetic' }>,
  fixed: Fixed,
): Form {
  const [a, b] = [formOf(left, fixed), formOf(right, fixed)];
  switch (operator) {
    case '+':
      return sum(a, b);
    case '-':
      return difference(a, b);
    case '*':
      if (isConstant(b)) return scaled(a, b.constant);
      if (isConstant(a)) return scaled(b, a.constant);
      throw new NotLinear('it multiplies what varies by what varies');
    case '/':
      if (!isConstant(b)) throw new NotLinear('it divides by what varies');
      if (signOf(b.constant) === 0) throw new NotLinear('it divides by zero');
      return scaled(a, over(rationalOf(1), b.constant));
  }
}

function reductionForm({ by, of }: Extract<Numeric, { kind: 'reduction' }>, { sizes }: Fixed): Form {
  const elements = Array.from({ length: sizes[of] }, (_, index) => single(elementOf(of, index)));
  switch (by) {
    case 'max':
      return greatest(elements);
    case 'min':
      return least(elements);
    case 'sum':
      return { ...constant(zero), elements: new Map(elements.flatMap((form) => [...form.elements])) };
    case 'argmax':
    case 'argmin':
      throw new NotLinear(`it calculates with the position ${by}(${of})`);
    case 'confidence':
      throw new NotLinear('confidence is not linear');
  }
}
