// Batches of parents to mutate, written into fresh arrays because workers read them while the next batch is made.
import type { Rng } from '../base/rng.js';
import { float32, type Tensor, tensor } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import type { Feeds } from '../program/session.js';
import type { Corpus } from './corpus.js';
import type { Mutator } from './mutators/mutator.js';

export type Batch = {
  readonly rows: number;
  /** Seed that each row descends from. */
  readonly seeds: Int32Array;
  /** Inputs of the screening program, but for the coverage states. */
  readonly feeds: Feeds;
};

/** Positions of corpus entries, one per row. */
export type Entries = Int32Array;

/**
 * @param targets reference class per instance
 * @param entries what to mutate
 */
export function makeBatch(
  set: Pick<InputSet, 'size' | 'shape' | 'instanceOf' | 'lower'>,
  targets: Int32Array,
  corpus: Corpus,
  entries: Entries,
  mutator: Mutator,
  rng: Rng,
): Batch {
  const { size, instanceOf } = set;
  const rows = entries.length;
  const parents = new Float32Array(rows * size);
  const parameters = new Float32Array(rows * mutator.parameters);
  const [seeds, instances, classes] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)];
  const [inputs, origins] = [corpus.inputs, corpus.seeds];
  for (let row = 0; row < rows; row++) {
    const entry = entries[row] as number;
    const instance = instanceOf[origins[entry] as number] as number;
    parents.set(inputs.subarray(entry * size, (entry + 1) * size), row * size);
    mutator.draw(parameters, row * mutator.parameters, rng);
    seeds[row] = origins[entry] as number;
    instances[row] = instance;
    classes[row] = targets[instance] as number;
  }
  const vector = (data: Int32Array): Tensor => tensor('int32', [rows], data);
  return {
    rows,
    seeds,
    feeds: {
      parents: float32(parents, [rows, ...set.shape]),
      parameters: float32(parameters, [rows, mutator.parameters]),
      // A program with one box for all does not ask.
      ...(set.lower.shape[0] !== 1 && { instance: vector(instances) }),
      target: vector(classes),
    },
  };
}
