// The corpus at the start: every seed, with coverage states that have seen them and took their thresholds from them.
import { rows } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import { Corpus } from './corpus.js';
import type { CoverageState } from './coverage/criterion.js';
import type { Screening } from './screening.js';

const seedsPerBatch = 512;

export async function seedCorpus(
  screening: Screening,
  set: InputSet,
  batched: boolean,
): Promise<{ corpus: Corpus; states: CoverageState[] }> {
  const count = set.seeds.shape[0] ?? 0;
  const corpus = new Corpus(set.size, Math.max(2 * count, 256));
  const parts: (readonly Float32Array[])[] = [];
  const step = batched ? seedsPerBatch : 1;
  for (let from = 0; from < count; from += step) {
    parts.push(await screening.profile(rows(set.seeds, from, Math.min(from + step, count))));
  }
  for (let seed = 0; seed < count; seed++)
    corpus.add(set.seeds.data.subarray(seed * set.size, (seed + 1) * set.size), seed);
  const states = screening.criteria.map((criterion, at) => {
    const profiles = joined(parts.map((part) => part[at] ?? new Float32Array()));
    return criterion.createState(profiles, profiles.length / count);
  });
  return { corpus, states };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    result.set(part, at);
    return at + part.length;
  }, 0);
  return result;
}
