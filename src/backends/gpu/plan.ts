// A forward pass as gpu.js kernels: plain data, so that it can go to a worker thread. Kernels are source strings, which no
// minifier and no test runner rewrites.
//
// Layout: every value is [elements of one row, rows], rows innermost, so that neighbouring threads read neighbouring numbers
// and share every index, weight and branch. A kernel's thread is (x: row, y: element of a block, z: block).
import type { Shape } from '../../base/shape.js';

/** Constants that a kernel reads: a list, or lines of `width` where that is given. */
export type Table = { readonly data: Float32Array; readonly width: number | undefined };

/** What a kernel reads besides its tables: the result of an earlier step, or what the caller gives with each run. */
export type Source = number | 'input' | 'corpus' | 'entries';

export type Step = {
  /** Node whose result this is, for errors. */
  readonly node: string;
  /** `function (sources..., tables...) { ... }`, in the subset of JavaScript that gpu.js compiles. */
  readonly source: string;
  /** Elements of the result per row: `blocks` of `elements`. */
  readonly elements: number;
  readonly blocks: number;
  readonly sources: readonly Source[];
  readonly tables: readonly Table[];
};

export type Plan = {
  readonly steps: readonly Step[];
  /** Elements of one row of data. */
  readonly features: number;
  /** Step with the model's output, one element per y. */
  readonly output: number;
  /** Elements of the output per row. */
  readonly outputs: number;
  /** Shape of the output for one row of data, leading axis included. */
  readonly shape: Shape;
  /** Steps whose results are watched for NaN and infinity; empty where flags were not asked for. */
  readonly watched: readonly number[];
};

export const sizeOfStep = ({ elements, blocks }: Step): number => elements * blocks;
