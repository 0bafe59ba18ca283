// The corpus at the start: every seed, then what an earlier run found, with coverage states that have seen all of it and took
// their thresholds from the seeds.
import type { Rng } from '../base/rng.js';
import { joined } from '../base/tensor.js';
import { makeBatch } from './batches.js';
import { Corpus, type Lineage, seedLineage } from './corpus.js';
import type { CoverageState } from './coverage/criterion.js';
import type { Mutator } from './mutators/mutator.js';
import type { ProfileProgram } from './programs/profile.js';
import type { ScreenProgram } from './programs/screen.js';
import type { FuzzTarget } from './target.js';

/** An input that an earlier run kept. */
export type Kept = { readonly input: Float32Array; readonly seed: number; readonly lineage: Lineage };

const seedsPerBatch = 512;

export async function seedCorpus(
  target: FuzzTarget,
  screens: ScreenProgram,
  profiles: ProfileProgram,
  mutator: Mutator,
  earlier: readonly Kept[],
  rng: Rng,
): Promise<{ corpus: Corpus; states: CoverageState[] }> {
  const { set } = target;
  const count = set.seeds.shape[0] ?? 0;
  const corpus = new Corpus(set.size, Math.max(2 * (count + earlier.length), 256));
  for (let seed = 0; seed < count; seed++)
    corpus.add(set.seeds.data.subarray(seed * set.size, (seed + 1) * set.size), seed, seedLineage);
  const mutants = await oneMutantEach(target, corpus, screens, mutator, rng);
  const before = await profiles.profiles(set.seeds.data);
  const after = await profiles.profiles(mutants);
  const states = profiles.criteria.map((criterion, at) => {
    const [seeds, descendants] = [before[at] ?? new Float32Array(), after[at] ?? new Float32Array()];
    return criterion.createState({ seeds, mutants: descendants, width: seeds.length / count });
  });
  await addEarlier(earlier, corpus, states, profiles);
  return { corpus, states };
}

async function oneMutantEach(
  { batched }: FuzzTarget,
  corpus: Corpus,
  screens: ScreenProgram,
  mutator: Mutator,
  rng: Rng,
): Promise<Float32Array> {
  const step = batched ? seedsPerBatch : 1;
  const parts: Float32Array[] = [];
  for (let from = 0; from < corpus.size; from += step) {
    const parents = Int32Array.from({ length: Math.min(step, corpus.size - from) }, (_, at) => from + at);
    const rows = Array.from(parents, (_, row) => row);
    parts.push(
      await screens.children(
        makeBatch(corpus, parents, 1, { ...mutator, drawn: 'per child' }, rng),
        corpus,
        rows,
      ),
    );
  }
  return joined(parts);
}

async function addEarlier(
  earlier: readonly Kept[],
  corpus: Corpus,
  states: readonly CoverageState[],
  profiles: ProfileProgram,
): Promise<void> {
  if (earlier.length === 0) return;
  const rows = await profiles.profiles(joined(earlier.map(({ input }) => input)));
  earlier.forEach(({ input, seed, lineage }, at) => {
    states.forEach((state, criterion) => {
      const all = rows[criterion] ?? new Float32Array();
      const width = all.length / earlier.length;
      state.add(all.subarray(at * width, (at + 1) * width), false);
    });
    corpus.add(input, seed, lineage);
  });
}
