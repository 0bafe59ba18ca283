// constant + sum of coefficients times elements, as an expression of the file adds up.
import type { Terms } from './property.js';

/** Element of x (at least 0) or of y (its bitwise complement). */
export type Element = number;

export class LinearForm {
  constant = 0;
  /** Parallel, in the order of the file; an element may occur more than once. */
  readonly elements: Element[] = [];
  readonly coefficients: number[] = [];

  add(element: Element, coefficient: number): void {
    this.elements.push(element);
    this.coefficients.push(coefficient);
  }

  /** this += scale * other */
  addForm(other: LinearForm, scale: number): void {
    this.constant += scale * other.constant;
    other.elements.forEach((element, at) => {
      this.add(element, scale * (other.coefficients[at] as number));
    });
  }

  /** Each element once, without zeros; the rounding of repeated coefficients is that of adding them in order. */
  merged(): LinearForm {
    const sums = new Map<Element, number>();
    this.elements.forEach((element, at) => {
      sums.set(element, (sums.get(element) ?? 0) + (this.coefficients[at] as number));
    });
    const form = new LinearForm();
    form.constant = this.constant;
    for (const [element, sum] of sums) if (sum !== 0) form.add(element, sum);
    return form;
  }

  isFinite(): boolean {
    return Number.isFinite(this.constant) && this.coefficients.every(Number.isFinite);
  }
}

/** Terms of one element with coefficient 1 or -1: a file has few, in hundreds of thousands of constraints. */
export class UnitTerms {
  readonly #known = new Map<number, Terms>();

  of(index: number, coefficient: 1 | -1): Terms {
    const key = coefficient * (index + 1);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const terms = { indices: Int32Array.of(index), coefficients: Float64Array.of(coefficient) };
    this.#known.set(key, terms);
    return terms;
  }
}

/** The part of a merged form over x or over y, scaled. */
export function termsOf(
  form: LinearForm,
  over: 'inputs' | 'outputs',
  scale: number,
  units: UnitTerms,
): Terms {
  const places: number[] = [];
  form.elements.forEach((element, at) => {
    if (element >= 0 === (over === 'inputs')) places.push(at);
  });
  const indexAt = (at: number) => {
    const element = form.elements[at] as Element;
    return element >= 0 ? element : ~element;
  };
  const coefficientAt = (at: number) => scale * (form.coefficients[at] as number);
  const [first] = places;
  if (first === undefined) return none;
  const coefficient = coefficientAt(first);
  if (places.length === 1 && (coefficient === 1 || coefficient === -1))
    return units.of(indexAt(first), coefficient);
  places.sort((a, b) => indexAt(a) - indexAt(b));
  return {
    indices: Int32Array.from(places, indexAt),
    coefficients: Float64Array.from(places, coefficientAt),
  };
}

/** Most constraints have no inputs. */
const none: Terms = { indices: new Int32Array(0), coefficients: new Float64Array(0) };
