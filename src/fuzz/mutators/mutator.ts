// What a mutator is: a few numbers per child, drawn here, and the change that they stand for, computed in the graph for the
// whole batch. Changing 64 pixels of one input in JavaScript costs half as much as running the network on it.
import type { Rng } from '../../base/rng.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain } from '../domain.js';

/**
 * A batch is a grid: each of its parents has as many children as the others. A parent is read once for all of its children, which
 * halves the memory that a batch moves.
 */
export type Parents = {
  /** [parents, 1, ...input] */
  readonly inputs: Value;
  /** Another input of the corpus for each parent, of the same instance where there is one: [parents, 1, ...input]. */
  readonly partners: Value;
  /** The seeds that the parents descend from: [parents, 1, ...input]. */
  readonly seeds: Value;
  /** Boxes of the parents' instances: [parents, 1, ...input], or [1, 1, ...input] where all have the same. */
  readonly lower: Value;
  readonly upper: Value;
  /** upper - lower; finite. */
  readonly width: Value;
};

export type Mutator = {
  readonly name: string;
  /** Numbers per child. */
  readonly parameters: number;
  /** Whether they are drawn for every child, or once for the n-th child of every parent, which costs next to nothing. */
  readonly drawn: 'per child' | 'per column';
  /** Draws the numbers of one child, which start at `at`. */
  draw(parameters: Float32Array, at: number, rng: Rng): void;
  /**
   * The children [parents, children, ...input]. They need not lie in the box, nor be whole numbers where the domain
   * wants these: the limits see to it (`limits.ts`).
   * @param parameters float32 [parents, children, n], or [1, children, n] where they are drawn per column
   */
  encode(p: Program, parents: Parents, parameters: Value): Value;
};

/** Undefined where the mutator does not apply to such inputs, as blur does not to a table. */
export type CreateMutator = (domain: Domain, seed: number) => Mutator | undefined;
