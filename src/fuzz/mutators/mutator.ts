// What a mutator is: a few numbers per row, drawn here, and the change that they stand for, computed in the graph for the
// whole batch. Changing 64 pixels of one input in JavaScript costs half as much as running the network on it.
import type { Rng } from '../../base/rng.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/** [batch, ...input]; boxes [1, ...input] where all rows have the same. */
export type Parents = {
  readonly inputs: Value;
  /** Boxes of the parents' instances, which the children must not leave. */
  readonly lower: Value;
  readonly upper: Value;
  /** upper - lower */
  readonly width: Value;
};

export type Mutator = {
  readonly name: string;
  /** Numbers per row. */
  readonly parameters: number;
  /** Draws the numbers of one row, which start at `at`. */
  draw(parameters: Float32Array, at: number, rng: Rng): void;
  /** The children [batch, ...input]. @param parameters float32 [batch, parameters] */
  encode(p: Program, parents: Parents, parameters: Value): Value;
};
