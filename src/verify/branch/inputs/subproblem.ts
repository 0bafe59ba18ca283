// A sub-box with all that is known of it, in one array: thousands are made per second.

/** Where each part of a packed sub-problem lies. */
export type Packing = {
  /** Elements of the input. */
  readonly inputs: number;
  /** Elements of all hidden values together. */
  readonly hidden: number;
  readonly rows: number;
  readonly length: number;
};

export type Subproblem = {
  /** Place of its disjunct in the request. */
  readonly disjunct: number;
  /** Greatest lower bound of a row, over its limit: not positive. */
  readonly bound: number;
  /** [lower, upper] of the input, [lower, upper] of hidden values, coefficients [rows, inputs], constants [rows]. */
  readonly data: Float32Array<ArrayBuffer>;
};

export function createPacking(inputs: number, hidden: number, rows: number): Packing {
  return { inputs, hidden, rows, length: 2 * inputs + 2 * hidden + rows * (inputs + 1) };
}

/** Views into a packed sub-problem. */
export const lowerOf = ({ inputs }: Packing, data: Float32Array<ArrayBuffer>) => data.subarray(0, inputs);
export const upperOf = ({ inputs }: Packing, data: Float32Array<ArrayBuffer>) =>
  data.subarray(inputs, 2 * inputs);
export const hiddenLowerOf = ({ inputs, hidden }: Packing, data: Float32Array<ArrayBuffer>) =>
  data.subarray(2 * inputs, 2 * inputs + hidden);
export const hiddenUpperOf = ({ inputs, hidden }: Packing, data: Float32Array<ArrayBuffer>) =>
  data.subarray(2 * inputs + hidden, 2 * inputs + 2 * hidden);
export const coefficientsOf = ({ inputs, hidden, rows }: Packing, data: Float32Array<ArrayBuffer>) =>
  data.subarray(2 * inputs + 2 * hidden, 2 * inputs + 2 * hidden + rows * inputs);
export const constantsOf = ({ rows, length }: Packing, data: Float32Array<ArrayBuffer>) =>
  data.subarray(length - rows, length);
