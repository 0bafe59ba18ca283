// The corpus at the start: every seed, with coverage states that have seen them and took their thresholds from them.
import type { Rng } from '../base/rng.js';
import { rows } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import { makeBatch } from './batches.js';
import { Corpus } from './corpus.js';
import type { CoverageState } from './coverage/criterion.js';
import type { Mutator } from './mutators/mutator.js';
import type { Screening } from './screening.js';

const seedsPerBatch = 512;

export async function seedCorpus(
  screening: Screening,
  set: InputSet,
  batched: boolean,
  mutator: Mutator,
  rng: Rng,
): Promise<{ corpus: Corpus; states: CoverageState[] }> {
  const count = set.seeds.shape[0] ?? 0;
  const corpus = new Corpus(set.size, Math.max(2 * count, 256));
  for (let seed = 0; seed < count; seed++) corpus.add(rowOf(set, seed), seed);
  const step = batched ? seedsPerBatch : 1;
  const seeds: (readonly Float32Array[])[] = [];
  const mutants: (readonly Float32Array[])[] = [];
  for (let from = 0; from < count; from += step) {
    const entries = Int32Array.from({ length: Math.min(step, count - from) }, (_, at) => from + at);
    const batch = makeBatch(set, new Int32Array(set.lower.shape[0] ?? 0), corpus, entries, mutator, rng);
    seeds.push(await screening.profile(rows(set.seeds, from, from + entries.length)));
    mutants.push(await screening.profile(await screening.mutate(batch)));
  }
  const states = screening.criteria.map((criterion, at) => {
    const [before, after] = [joined(seeds, at), joined(mutants, at)];
    return criterion.createState({ seeds: before, mutants: after, width: before.length / count });
  });
  return { corpus, states };
}

const rowOf = ({ seeds, size }: InputSet, seed: number): Float32Array =>
  seeds.data.subarray(seed * size, (seed + 1) * size);

/** The profiles of one criterion, batch after batch. */
function joined(batches: readonly (readonly Float32Array[])[], criterion: number): Float32Array {
  const parts = batches.map((batch) => batch[criterion] ?? new Float32Array());
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    result.set(part, at);
    return at + part.length;
  }, 0);
  return result;
}
