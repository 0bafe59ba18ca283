// The corpus at the start: every seed, with coverage states that have seen them and took their thresholds from them.
import type { Rng } from '../base/rng.js';
import { float32, rows, type Tensor } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
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
  const seeds = await profilesOf(screening, set.seeds, step);
  const mutants = await profilesOf(screening, mutantsOf(set, mutator, rng), step);
  const states = screening.criteria.map((criterion, at) => {
    const [before, after] = [seeds[at] ?? new Float32Array(), mutants[at] ?? new Float32Array()];
    return criterion.createState({ seeds: before, mutants: after, width: before.length / count });
  });
  return { corpus, states };
}

const rowOf = ({ seeds, size }: InputSet, seed: number): Float32Array =>
  seeds.data.subarray(seed * size, (seed + 1) * size);

/** One mutant of each seed. */
function mutantsOf(set: InputSet, mutator: Mutator, rng: Rng): Tensor<'float32'> {
  const children = new Float32Array(set.seeds.data.length);
  const boxes = { lower: set.lower.data, upper: set.upper.data };
  for (let seed = 0; seed < set.instanceOf.length; seed++) {
    const at = seed * set.size;
    const boxAt = (set.instanceOf[seed] as number) * set.size;
    mutator.mutate(
      { children, childAt: at, parents: set.seeds.data, parentAt: at, ...boxes, boxAt, size: set.size },
      rng,
    );
  }
  return float32(children, set.seeds.shape);
}

/** Per criterion, the profiles of all rows. */
async function profilesOf(
  screening: Screening,
  inputs: Tensor<'float32'>,
  step: number,
): Promise<Float32Array[]> {
  const count = inputs.shape[0] ?? 0;
  const parts: (readonly Float32Array[])[] = [];
  for (let from = 0; from < count; from += step) {
    parts.push(await screening.profile(rows(inputs, from, Math.min(from + step, count))));
  }
  return screening.criteria.map((_, at) => joined(parts.map((part) => part[at] ?? new Float32Array())));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    result.set(part, at);
    return at + part.length;
  }, 0);
  return result;
}
