// Batches of mutated inputs, written into fresh arrays because workers read them while the next one is made.
import type { Rng } from '../base/rng.js';
import { float32, type Tensor, tensor } from '../base/tensor.js';
import type { Corpus } from './corpus.js';
import type { FuzzTarget } from './fuzz.js';
import type { Mutator, Slot } from './mutators/mutator.js';
import type { Scheduler } from './scheduler.js';

export type Batch = {
  /** [rows, ...input] */
  readonly inputs: Tensor<'float32'>;
  /** Reference class of each row. */
  readonly targets: Tensor<'int32'>;
  /** Seed that each row descends from. */
  readonly seeds: Int32Array;
};

export function createBatchMaker(
  { set, targets }: Pick<FuzzTarget, 'set' | 'targets'>,
  corpus: Corpus,
  scheduler: Scheduler,
  mutator: Mutator,
  rng: Rng,
): (rows: number) => Batch {
  const { size } = set;
  const empty = new Float32Array();
  const boxes = { lower: set.lower.data, upper: set.upper.data };
  const slot: Slot = { children: empty, childAt: 0, parents: empty, parentAt: 0, ...boxes, boxAt: 0, size };
  return (rows) => {
    const batch = {
      inputs: new Float32Array(rows * size),
      targets: new Int32Array(rows),
      seeds: new Int32Array(rows),
    };
    slot.children = batch.inputs;
    slot.parents = corpus.inputs;
    const origins = corpus.seeds;
    for (let row = 0; row < rows; row++) {
      const entry = scheduler.next(rng);
      const seed = origins[entry] as number;
      const instance = set.instanceOf[seed] as number;
      slot.childAt = row * size;
      slot.parentAt = entry * size;
      slot.boxAt = instance * size;
      mutator.mutate(slot, rng);
      batch.seeds[row] = seed;
      batch.targets[row] = targets[instance] as number;
    }
    return {
      inputs: float32(batch.inputs, [rows, ...set.shape]),
      targets: tensor('int32', [rows], batch.targets),
      seeds: batch.seeds,
    };
  };
}
