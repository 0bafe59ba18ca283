// The corpus at the start: every seed, with coverage states that have seen them and took their thresholds from them.
import type { Rng } from '../base/rng.js';
import { float32, joined } from '../base/tensor.js';
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
  const shared = screening.share(corpus, {});
  const mutants: Float32Array[] = [];
  for (let from = 0; from < count; from += step) {
    const entries = Int32Array.from({ length: Math.min(step, count - from) }, (_, at) => from + at);
    mutants.push((await screening.children(makeBatch(corpus, entries, mutator, rng), shared)).data);
  }
  shared.release();
  const before = await screening.firstProfiles(set.seeds);
  const after = await screening.firstProfiles(float32(joined(mutants), set.seeds.shape));
  const states = screening.criteria.map((criterion, at) => {
    const [seeds, descendants] = [before[at] ?? new Float32Array(), after[at] ?? new Float32Array()];
    return criterion.createState({ seeds, mutants: descendants, width: seeds.length / count });
  });
  return { corpus, states };
}

const rowOf = ({ seeds, size }: InputSet, seed: number): Float32Array =>
  seeds.data.subarray(seed * size, (seed + 1) * size);
