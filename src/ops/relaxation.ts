// Linear relations between a node's output and its inputs: what backward bound propagation (CROWN) is made of.
// Shapes are those of one instance: no batch is open. Coefficients have a leading axis of rows, one row per bound wanted.
import type { Value } from '../program/value.js';

/**
 * For every row a of coefficients, the deployed output y and the deployed inputs z_i, wherever they are in their bounds:
 *   a . y >= sum_i back_i(a, |a|) . z_i + a . offset - |a| . gap
 * (Zhang et al., arXiv 1811.00866, written with |a| instead of the positive and negative parts of a.)
 */
export type Relaxation = {
  /** What coefficients become first, where elements of y have a known sum; `offset`, `gap` and `parts` are about the rest. */
  readonly reduce?: ((a: Value) => Reduced) | undefined;
  /** Inputs that are left out have no coefficients: their part is in `offset` and `gap`. */
  readonly parts: readonly RelaxedInput[];
  /** Broadcasts to y; undefined for 0. */
  readonly offset?: Value | undefined;
  /**
   * Broadcasts to y; undefined for 0. Negative where lines cross outside of the bounds. Besides the relaxation's own gap it covers what the deployed network rounds in
   * this node and what the bound program rounds in `back` (in units of |a| and the greatest |z|); not what dot products with
   * `offset` and `gap` round, nor underflow of coefficients, which whoever runs the propagation adds.
   */
  readonly gap?: Value | undefined;
  /** What each row gains besides, rounded down: [rows], from a. Only where the context has `zonotope`. */
  readonly perRow?: ((a: Value) => Value) | undefined;
  /** What `parts`, `offset` and `gap` are made of, where y is a function of one input, element by element. */
  readonly lines?: Lines | undefined;
};

/** lower . z + lowerOffset <= y <= upper . z + upperOffset for exactly these numbers; all broadcast to y, and z has its shape. */
export type Lines = {
  readonly input: number;
  readonly lower: Value;
  readonly upper: Value;
  readonly lowerOffset: Value;
  readonly upperOffset: Value;
};

/** a . y >= rest . y + sum (level . total - |level| error), but for one rounding of the rest, which is in `gap`. */
export type Reduced = {
  /** [rows, ...y] */
  readonly rest: Value;
  /** [rows, ...s] for sums [...s] of y. */
  readonly level: Value;
  /** Both broadcast to s: what sums are, and by how much they may differ from that. */
  readonly total: Value;
  readonly error: Value;
};

export type RelaxedInput = {
  /** Position among the node's inputs. */
  readonly input: number;
  /** a and |a|, both [rows, ...y] -> coefficients of the input [rows, ...z]. */
  back(a: Value, magnitude: Value): Value;
  /** Products and sums behind one coefficient, at most: each may underflow. */
  readonly operations: number;
};
