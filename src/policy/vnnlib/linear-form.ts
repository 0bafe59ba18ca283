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

/** The part of a merged form over x or over y, scaled. */
export function termsOf(form: LinearForm, over: 'inputs' | 'outputs', scale: number): Terms {
  const places: number[] = [];
  form.elements.forEach((element, at) => {
    if (element >= 0 === (over === 'inputs')) places.push(at);
  });
  if (places.length === 0) return none;
  const indexAt = (at: number) => {
    const element = form.elements[at] as Element;
    return element >= 0 ? element : ~element;
  };
  places.sort((a, b) => indexAt(a) - indexAt(b));
  const terms = { indices: new Int32Array(places.length), coefficients: new Float64Array(places.length) };
  places.forEach((at, to) => {
    terms.indices[to] = indexAt(at);
    terms.coefficients[to] = scale * (form.coefficients[at] as number);
  });
  return terms;
}

/** Shared: most constraints have no inputs, and an array is dear where there are hundreds of thousands. */
const none: Terms = { indices: new Int32Array(0), coefficients: new Float64Array(0) };
