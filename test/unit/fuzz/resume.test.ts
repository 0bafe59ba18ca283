// A run that goes on where others ended: what they kept goes back, nothing of it counts as new, and other numbers are drawn.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { joined } from '../../../src/base/tensor.js';
import { isPositive } from '../../../src/fuzz/candidates.js';
import type { Corpus } from '../../../src/fuzz/corpus.js';
import { cheapCriteria } from '../../../src/fuzz/coverage/index.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { tablesOf } from '../../../src/fuzz/programs/mutation.js';
import { profileProgram } from '../../../src/fuzz/programs/profile.js';
import { screenProgram } from '../../../src/fuzz/programs/screen.js';
import { type Kept, seedCorpus } from '../../../src/fuzz/seed-corpus.js';
import { inline } from '../../helpers/programs.js';
import { randomTensor, smallMlp, unitSet } from './networks.js';
import { type RunChanges, runFuzz, summaryOf, targetOf } from './runs.js';

const encode = objectives.robustness(await smallMlp());
const set = unitSet(randomTensor([10, 4], 5), true);
const seeds = 10;
const options: RunChanges = {
  criteria: Object.values(cheapCriteria),
  confirm: async () => false,
  gradients: 'ascent',
  executions: 8000,
};

const keptOf = (corpus: Corpus): Kept[] =>
  Array.from({ length: corpus.size - seeds }, (_, at) => ({
    input: corpus.input(seeds + at).slice(),
    seed: corpus.seedOf(seeds + at),
    lineage: corpus.lineageOf(seeds + at),
  }));

const first = await runFuzz(encode, set, options);
const kept = keptOf(first.result.corpus);
const goOn = (changes: RunChanges = {}) =>
  runFuzz(encode, set, { ...options, earlier: { kept, runs: 1 }, ...changes });

describe('the corpus', () => {
  test('starts with the seeds and all that was kept, in order', async () => {
    const sizes: number[] = [];
    const { result } = await goOn({ grown: ({ size }) => sizes.push(size) });
    expect(kept.length).toBeGreaterThan(50);
    expect(sizes[0]).toBe(seeds + kept.length);
    const { corpus } = result;
    expect(corpus.inputs.slice(0, first.result.corpus.inputs.length)).toEqual(
      first.result.corpus.inputs.slice(),
    );
    kept.forEach(({ seed, lineage }, at) => {
      expect([corpus.seedOf(seeds + at), corpus.lineageOf(seeds + at)]).toEqual([seed, lineage]);
    });
  });

  test('what was kept has children, too', async () => {
    const { result } = await goOn();
    const { corpus } = result;
    const parents = Array.from({ length: corpus.size - seeds - kept.length }, (_, at) =>
      corpus.lineageOf(seeds + kept.length + at),
    ).map(({ parent }) => parent);
    expect(parents.some((parent) => parent >= seeds && parent < seeds + kept.length)).toBe(true);
  });
});

describe('coverage', () => {
  test('knows what was kept: as much is covered as at the end of the first run, of which nothing is new', async () => {
    const { result } = await goOn({ executions: 0 });
    expect(result.coverage.map(({ kept: count }) => count)).toEqual(options.criteria?.map(() => 0));
    expect(result.coverage.map(({ covered }) => covered)).toEqual(
      first.result.coverage.map(({ covered }) => covered),
    );
  });

  /** How many of the kept inputs each criterion would want again. */
  async function wantedAgain(earlier: readonly Kept[]): Promise<number[]> {
    const target = targetOf(encode, set);
    const profiles = await profileProgram(target, options.criteria ?? [], inline);
    const screens = screenProgram(target, profiles.criteria, inline.share(tablesOf(target)), inline);
    const noise = mutators.noise(target.domain, 1);
    const { states } = await seedCorpus(
      target,
      screens,
      profiles,
      noise,
      earlier,
      createRng(1, 'calibration'),
    );
    const snapshots = states.map((state) => state.snapshot());
    const feeds = inline.share(Object.assign({}, ...snapshots.flatMap(({ feeds, table }) => [feeds, table])));
    const inspected = await profiles.inspect(joined(kept.map(({ input }) => input)), () => false, feeds);
    return inspected.map(({ novelty, profiles: rows }, criterion) => {
      const width = rows.length / kept.length;
      return kept.filter((_, at) => {
        const [state, since] = [states[criterion], snapshots[criterion]];
        const row = rows.subarray(at * width, (at + 1) * width);
        return since !== undefined && isPositive(novelty[at]) && state?.isNew(row, since);
      }).length;
    });
  }

  test('nothing of it is wanted again, by any criterion; without it most of them would', async () => {
    const none = options.criteria?.map(() => 0);
    expect(await wantedAgain(kept)).toEqual(none);
    expect((await wantedAgain([])).filter((count) => count > 0).length).toBeGreaterThan(4);
  });
});

describe('draws', () => {
  test('depend on how many runs there were', async () => {
    const runs = await Promise.all([1, 2].map((count) => goOn({ earlier: { kept, runs: count } })));
    const [second, third] = runs.map(summaryOf);
    const from = 4 * (seeds + kept.length);
    expect(second?.inputs.slice(from)).not.toEqual(third?.inputs.slice(from));
  });

  test('and on nothing else', async () => {
    expect(summaryOf(await goOn())).toEqual(summaryOf(await goOn()));
  });

  test('a first run draws the same whether it is told that it is the first', async () => {
    const told = await runFuzz(encode, set, { ...options, earlier: { kept: [], runs: 0 } });
    expect(summaryOf(told)).toEqual(summaryOf(first));
  });
});
