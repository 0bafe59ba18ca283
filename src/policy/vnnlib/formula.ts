// Comparisons joined by and and or. Each comparison has a number; what it says is in a table beside the tree.
import { UnitTerms } from './linear-form.js';
import type { LinearConstraint } from './property.js';

/** A comparison of the table, or a connective over at least two parts (none: `and` is true, `or` is false). */
export type Formula = number | { readonly join: 'and' | 'or'; readonly parts: readonly Formula[] };

export const TRUE: Formula = { join: 'and', parts: [] };
export const FALSE: Formula = { join: 'or', parts: [] };

/** Joins without nesting a connective in itself, and without constants among the parts. */
export function joined(join: 'and' | 'or', parts: readonly Formula[]): Formula {
  const flat: Formula[] = [];
  for (const part of parts) {
    if (typeof part === 'number') flat.push(part);
    else if (part.join === join) for (const inner of part.parts) flat.push(inner);
    else if (part.parts.length === 0) return part;
    else flat.push(part);
  }
  return flat.length === 1 ? (flat[0] as Formula) : { join, parts: flat };
}

/** What the comparisons say: parallel arrays, for there may be millions. */
export class Comparisons {
  /** Index + 1 of the input with that upper bound, -(index + 1) of that with that lower bound, 0 for a constraint. */
  readonly sides: number[] = [];
  /** The bound, or the index of the constraint. */
  readonly values: number[] = [];
  readonly constraints: LinearConstraint[] = [];
  readonly units = new UnitTerms();

  addBound(side: number, value: number): number {
    this.values.push(value);
    return this.sides.push(side) - 1;
  }

  addConstraint(constraint: LinearConstraint): number {
    return this.addBound(0, this.constraints.push(constraint) - 1);
  }
}
