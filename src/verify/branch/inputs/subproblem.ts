// A sub-box with all that is known of it, in one array: thousands are made per second.
import type { Record } from '../record.js';
import type { Limit } from './limits.js';

/** Where each part of a packed sub-problem lies. */
export type Packing = {
  /** Elements of the input. */
  readonly inputs: number;
  /** Elements of all hidden values together. */
  readonly hidden: number;
  /** Linear bounds that are kept: two for each hidden element, or none where they would take too much. */
  readonly forms: number;
  readonly rows: number;
  readonly length: number;
};

type Data = Float32Array<ArrayBuffer>;

export type Subproblem = {
  /** Place of its disjunct in the request. */
  readonly disjunct: number;
  /** Greatest lower bound of a row, over its limit: not positive. */
  readonly bound: number;
  /**
   * [lower, upper] of the input, [lower, upper] of hidden values, coefficients [forms, inputs] and constants [forms] of linear bounds
   * (first z >= a . x + c of every hidden element, then -z >= a . x + c), coefficients [rows, inputs] and constants [rows].
   */
  readonly data: Data;
  /** What counterexamples in it satisfy; bounds of hidden values and rows need to hold for these only. */
  readonly limits?: readonly Limit[];
  /** Where the search is recorded. */
  readonly record?: Record;
};

export function createPacking(inputs: number, hidden: number, rows: number, keepsForms: boolean): Packing {
  const forms = keepsForms ? 2 * hidden : 0;
  return { inputs, hidden, forms, rows, length: 2 * inputs + 2 * hidden + (forms + rows) * (inputs + 1) };
}

const rowsFrom = (packing: Packing) => knownLength(packing) + packing.forms * (packing.inputs + 1);

/** Numbers that `knownOf` has. */
export const knownLength = ({ inputs, hidden }: Packing): number => 2 * inputs + 2 * hidden;

/** Views into a packed sub-problem. The box and the bounds of hidden values lie together: a bounding program takes them as they are. */
export const knownOf = (packing: Packing, data: Data) => data.subarray(0, knownLength(packing));
export const lowerOf = ({ inputs }: Packing, data: Data) => data.subarray(0, inputs);
export const upperOf = ({ inputs }: Packing, data: Data) => data.subarray(inputs, 2 * inputs);
export const hiddenLowerOf = ({ inputs, hidden }: Packing, data: Data) =>
  data.subarray(2 * inputs, 2 * inputs + hidden);
export const hiddenUpperOf = ({ inputs, hidden }: Packing, data: Data) =>
  data.subarray(2 * inputs + hidden, 2 * inputs + 2 * hidden);
export const formsOf = (packing: Packing, data: Data) =>
  data.subarray(knownLength(packing), knownLength(packing) + packing.forms * packing.inputs);
export const formConstantsOf = (packing: Packing, data: Data) =>
  data.subarray(knownLength(packing) + packing.forms * packing.inputs, rowsFrom(packing));
export const coefficientsOf = (packing: Packing, data: Data) =>
  data.subarray(rowsFrom(packing), rowsFrom(packing) + packing.rows * packing.inputs);
export const constantsOf = ({ rows, length }: Packing, data: Data) => data.subarray(length - rows, length);

/** Of which nothing is known but its box: forms hold for all, and say nothing. */
export function emptyData(packing: Packing, lower: Float32Array, upper: Float32Array): Data {
  const data = new Float32Array(packing.length);
  data.set(lower, 0);
  data.set(upper, packing.inputs);
  formConstantsOf(packing, data).fill(-Infinity);
  return data;
}
