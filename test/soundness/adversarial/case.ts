// Networks that are right in real arithmetic and wrong when they are run, each with the property that it breaks.
import type { Model } from '../../../src/graph/graph.js';
import { vnnlib } from '../../helpers/deciding.js';

/** The sum of outputs times coefficients is at most the bound. */
export type Row = {
  readonly outputs: readonly (readonly [index: number, coefficient: number])[];
  readonly bound: number;
};

export type AdversarialCase = {
  /** Within its family. */
  readonly name: string;
  readonly file: Model;
  /** Every input lies in it; both ends are float32 numbers. */
  readonly range: readonly [lower: number, upper: number];
  readonly inputs: number;
  readonly outputs: number;
  /** The property is violated where it holds. In exact arithmetic it holds nowhere in the range. */
  readonly violatedWhere: Row;
  /** Points of the range at which the network was built to be wrong. */
  readonly points: readonly (readonly number[])[];
};

export type Family = {
  readonly title: string;
  /** Where the idea is from. */
  readonly source: string;
  readonly cases: readonly AdversarialCase[];
};

/** y_0 <= bound. */
export const atMost = (bound: number): Row => ({ outputs: [[0, 1]], bound });
/** y_0 >= bound. */
export const atLeast = (bound: number): Row => ({ outputs: [[0, -1]], bound: -bound });
/** y_0 <= y_1. */
export const secondWins: Row = {
  outputs: [
    [0, 1],
    [1, -1],
  ],
  bound: 0,
};

/** What is not a number keeps no promise. */
export function isViolated({ outputs, bound }: Row, y: ArrayLike<number>): boolean {
  const sum = outputs.reduce((all, [index, coefficient]) => all + coefficient * (y[index] ?? Number.NaN), 0);
  return !(sum > bound);
}

/** As VNN-LIB. Numbers are written so that they are read back as they are. */
export const propertyOf = ({ inputs, outputs, range, violatedWhere: row }: AdversarialCase): string => {
  const terms = row.outputs.map(([index, coefficient]) => `(* ${coefficient} Y_${index})`);
  const sum = terms.length === 1 ? terms[0] : `(+ ${terms.join(' ')})`;
  return vnnlib(inputs, outputs, range, `(<= ${sum} ${row.bound})`);
};
