// Disjunctive normal form: a formula as a list of conjunctions of comparisons.
import type { Formula } from './formula.js';

/** Numbers of comparisons that hold together. */
export type Clause = readonly number[];

/** Clauses, and numbers in all of them together: more would take gigabytes. */
export const MOST_CLAUSES = 2 ** 20;
export const MOST_ENTRIES = 2 ** 25;

/** How large the normal form is, without building it. */
export function sizeOf(formula: Formula): { clauses: number; entries: number } {
  if (typeof formula === 'number') return { clauses: 1, entries: 1 };
  let [clauses, entries] = formula.join === 'or' ? [0, 0] : [1, 0];
  for (const part of formula.parts) {
    const size = sizeOf(part);
    if (formula.join === 'or') [clauses, entries] = [clauses + size.clauses, entries + size.entries];
    else [clauses, entries] = [clauses * size.clauses, entries * size.clauses + clauses * size.entries];
  }
  return { clauses, entries };
}

/** In the order of the file: of two disjunctions joined by and, the later one's parts change faster. */
export function clausesOf(formula: Formula): Clause[] {
  if (typeof formula === 'number') return [[formula]];
  if (formula.join === 'or') return formula.parts.flatMap(clausesOf);
  const { single, disjunctions } = partsOf(formula);
  return productOf(disjunctions).map((clause) => (single.length === 0 ? clause : [...single, ...clause]));
}

/** Comparisons that stand in every clause, and the disjunctions that clauses choose from. */
export function partsOf(formula: Formula): { single: Clause; disjunctions: readonly Formula[] } {
  if (typeof formula === 'number') return { single: [formula], disjunctions: [] };
  if (formula.join === 'or') return { single: [], disjunctions: [formula] };
  const single = formula.parts.filter((part) => typeof part === 'number');
  return { single, disjunctions: formula.parts.filter((part) => typeof part !== 'number') };
}

/** All ways to take one clause of each; one empty clause where there is nothing to choose. */
export const productOf = (disjunctions: readonly Formula[]): Clause[] =>
  disjunctions.reduce<Clause[]>(
    (chosen, disjunction) => {
      const clauses = clausesOf(disjunction);
      return chosen.flatMap((clause) =>
        clauses.map((more) => (clause.length === 0 ? more : [...clause, ...more])),
      );
    },
    [[]],
  );
