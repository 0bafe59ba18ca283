// What a mutator is: it writes a changed copy of a parent into a batch, inside the parent's box.
import type { Rng } from '../../base/rng.js';

/** Where to read and write. One object per shard, reused: no execution allocates. All offsets count elements. */
export type Slot = {
  /** The batch and the place of the child in it. */
  children: Float32Array;
  childAt: number;
  parents: Float32Array;
  parentAt: number;
  /** Boxes of all instances, and the place of the parent's. */
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  boxAt: number;
  /** Elements of one input. */
  readonly size: number;
};

export type Mutator = {
  readonly name: string;
  mutate(slot: Slot, rng: Rng): void;
};
