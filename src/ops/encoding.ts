// What search sees of a property: a few numbers per row of a batch, computed inside the model's own program.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

export type Layer = { readonly name: string; readonly value: Value };

/** One question about a row: is it a finding, how far from one, of what kind, and which way to go. */
export type Signal = {
  /** bool [batch]: the row looks like a violation; replay on the original model decides. */
  readonly violated: Value;
  /** float32 [batch]: distance to a violation in output units; undefined where the property has none. */
  readonly margin: Value | undefined;
  /** float32 [batch] each: what gradient steps descend; the first that has a derivative is taken. */
  readonly losses: readonly Value[];
  /** float32 [batch]: the smaller, the nearer to a violation; undefined: the margin, or else the first loss. */
  readonly guide?: Value;
  /** int64 [batch]: findings with equal numbers fail alike, such as by the same pair of classes; undefined: all do. */
  readonly cluster?: Value;
  /** int64 [batch]: the answer whose change bisection looks for, such as the class; undefined where there is none. */
  readonly side?: Value;
};

export type Encoding = Signal & {
  /** bool [batch]: some value of the graph may be NaN or infinite. Watched whatever the property is. */
  readonly nonFinite: Value;
  /** First output of the first model, [batch, ...d]. */
  readonly output: Layer;
  /** Results of activation functions, [batch, ...d]. */
  readonly hidden: readonly Layer[];
  /** Further objectives that are judged in the same pass, by name. */
  readonly also?: Readonly<Record<string, Signal>>;
};

/**
 * @param x [batch, ...input]
 * @param target reference class of each row, int64 [batch]; not every property reads it
 */
export type Encode = (p: Program, x: Value, target: Value) => Encoding;
