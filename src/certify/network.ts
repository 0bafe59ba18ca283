// The network as the checker sees it: affine steps and curves over flat vectors, in topological order. The deployed value of an
// affine step is within its error of the exact sum of its parts, whatever kernels compute it and in which order.
import type { Curve } from './curves.js';
import type { Matrix } from './matrix.js';

export type Part = { readonly source: number; readonly matrix: Matrix };

/** Element i is element from[i] of a step, 0 where that is -1; or a constant. */
export type Operand = { readonly step: number; readonly from: Int32Array } | Float64Array;

export type Affine = {
  readonly kind: 'affine';
  readonly size: number;
  /** y = sum of matrix . value(source) + bias; one part for each source. */
  readonly parts: readonly Part[];
  readonly bias: Float64Array;
  /** At least |bias| as any kernel meets it: partial sums before cancellation. */
  readonly magnitude: Float64Array;
  /** Roundings of one deployed element, 0 for a value that is only moved. */
  readonly roundings: number;
  /** Operations of one element whose results may underflow, each in the unit of that element. */
  readonly underflows: Float64Array;
  /** Added to every |weight|: what folding a scale into a float32 weight may lose by underflow, beyond its relative error. */
  readonly folding: number;
  /** The step that this one is computed from by a scale, where it is not one of the sources. */
  readonly guarded?: number;
  /** At most and at least |product| of any scales up to this step, which a kernel may apply to the layer that reads it instead (MatMulScaleFusion). */
  readonly late?: readonly [number, number];
  /** What it is an extreme of, by another rule for the same elements. */
  readonly among?: { readonly which: 'max' | 'min'; readonly of: readonly Operand[] };
};

/** An element-wise function of another step. */
export type Curved = {
  readonly kind: 'curve';
  readonly size: number;
  readonly source: number;
  readonly curve: Curve;
};

export type Step = { readonly kind: 'input'; readonly size: number } | Affine | Curved;

export type Network = {
  /** The input is step 0. */
  readonly steps: readonly Step[];
  readonly output: number;
  /** Steps that are bounded, in order: what the output depends on, and what is scaled on the way, which must not overflow. */
  readonly live: readonly number[];
  /** Steps by the name of a value of the file. */
  readonly named: ReadonlyMap<string, number>;
  /** Curves by the step that they read. */
  readonly readers: ReadonlyMap<number, readonly Curve[]>;
};

/** A network that the checker does not know how to bound: its proofs stay unchecked. */
export class NotCheckable extends Error {
  override readonly name = 'NotCheckable';
}
