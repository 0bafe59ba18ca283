// What a VNN-LIB file asks once it is parsed: a union of boxes with linear constraints, each a way to violate the property.
import type { Shape } from '../../base/shape.js';

/**
 * exists x: one of the disjuncts holds => the property is violated (sat); none => it is proved (unsat).
 *
 * Vectors. x is the concatenation of the input variables of all networks, each row-major, in the order of declaration.
 * y is that of all hidden and output variables: those of the first network (hidden, then outputs), then of the next. A
 * `Variable` says where its elements begin. The variables `X_0 ... Y_0 ...` of VNN-LIB 1.0 are one network with one input
 * X and one output Y, both flat.
 *
 * Numbers. Decimals are the nearest float64, as JavaScript and Python read them. Constants within one comparison are
 * folded in float64, rounded to nearest. Nothing is rounded to float32 here: whoever proves rounds bounds
 * outward, whoever searches for a witness inward.
 */
export type VnnlibProperty = {
  readonly file: string;
  readonly version: '1.0' | '2.0';
  readonly networks: readonly [Network, ...Network[]];
  /** Elements of x. */
  readonly inputSize: number;
  /** Elements of y. */
  readonly outputSize: number;
  /** None is left where every one was empty: then no input can violate the property. */
  readonly disjuncts: readonly Disjunct[];
  /** Disjuncts with a lower bound above its upper bound, which no input satisfies: left out of `disjuncts`. */
  readonly emptyDisjuncts: number;
};

/** A conjunction: x lies in the box, and every constraint holds. Comparisons with NaN are false. */
export type Disjunct = {
  /**
   * [inputSize] each, all finite, lower <= upper; closed. A strict bound of the file became the neighbouring float64, which
   * keeps exactly the same float64 (and so float32) inputs. Disjuncts with equal boxes share the very same arrays: group
   * them by `===`.
   */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Everything that is no bound of a single input. The same objects where disjuncts share a comparison of the file. */
  readonly constraints: readonly LinearConstraint[];
};

/** One half space: inputs . x + outputs . y <= bound, or < where strict. Some term is there. */
export type LinearConstraint = {
  readonly inputs: Terms;
  readonly outputs: Terms;
  readonly bound: number;
  readonly strict: boolean;
};

/** A sparse linear form. Indices ascend without repetition; no coefficient is zero. Constraints may share one: do not change it. */
export type Terms = {
  /** Elements of x or of y. */
  readonly indices: Int32Array;
  readonly coefficients: Float64Array;
};

export type Network = {
  /** 'network' in VNN-LIB 1.0. */
  readonly name: string;
  /** Same weights as (equal-to), or same structure as (isomorphic-to), a network declared before. */
  readonly relation: { readonly kind: Relation; readonly network: string } | undefined;
  readonly inputs: readonly Variable[];
  /** Values inside the graph, by the name of an ONNX value. */
  readonly hidden: readonly Variable[];
  readonly outputs: readonly Variable[];
};

export type Relation = 'equal-to' | 'isomorphic-to';

export type Variable = {
  readonly name: string;
  /** As declared: 'Real', 'float32', ... */
  readonly elementType: string;
  /** [] for a scalar; [count] in VNN-LIB 1.0. */
  readonly shape: Shape;
  /** Name in the ONNX file; undefined: by order. */
  readonly onnxName: string | undefined;
  /** Index of its first element in x (inputs) or y (hidden and outputs). */
  readonly offset: number;
  /** Elements. */
  readonly size: number;
};
