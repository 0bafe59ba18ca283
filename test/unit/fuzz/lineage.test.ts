// A lineage says how an input came about: from the seeds alone the whole corpus is made again, to the bit.
import { expect, test } from 'vitest';
import { type Batch, singleChildren } from '../../../src/fuzz/batches.js';
import { Corpus, type Lineage } from '../../../src/fuzz/corpus.js';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator, Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { tablesOf } from '../../../src/fuzz/programs/mutation.js';
import { type ScreenProgram, screenProgram } from '../../../src/fuzz/programs/screen.js';
import type { FuzzTarget } from '../../../src/fuzz/target.js';
import { inline } from '../../helpers/programs.js';
import { randomTensor, typed, unitSet } from './networks.js';
import { lineagesOf, runFuzz, targetOf } from './runs.js';

const seed = 3;
const all: readonly CreateMutator[] = Object.values(mutators);

const flat = await typed(
  ['batch', 6, 5],
  [
    ['Flatten', ['x'], 'f', { axis: 1 }],
    ['Gemm', ['f', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'v'], 'y'],
  ],
  { w: randomTensor([30, 8], 1), v: randomTensor([8, 3], 2) },
);
const encode = objectives.robustness(flat);
const set = unitSet(randomTensor([5, 6, 5], 5), true);

/** The child of known inputs that a lineage tells of. */
async function replay(
  { parent, partner = parent, by, parameters }: Lineage,
  origin: number,
  known: Corpus,
  programs: ScreenProgram,
  byName: ReadonlyMap<string, Mutator>,
): Promise<Float32Array> {
  const mutator = byName.get(by);
  if (mutator === undefined) throw new Error(`no mutator ${by}`);
  const batch: Batch = {
    mutator: { ...mutator, drawn: 'per child' },
    columns: 1,
    parents: Int32Array.of(parent),
    partners: Int32Array.of(partner),
    seeds: Int32Array.of(origin),
    parameters: Float32Array.from(parameters),
  };
  return programs.children({ ...singleChildren(batch, [0]), mutator }, known, [0]);
}

const seedsOnly = ({ set: { seeds, size } }: FuzzTarget): Corpus => {
  const corpus = new Corpus(size);
  const count = seeds.data.length / size;
  for (let at = 0; at < count; at++)
    corpus.add(seeds.data.subarray(at * size, (at + 1) * size), at, {
      parent: -1,
      by: 'seed',
      parameters: [],
      executions: 0,
    });
  return corpus;
};

test.each([{}, { l2Epsilon: 2, linfEpsilon: 0.7 }])(
  'limits %j: every entry is made again',
  async (limits) => {
    const { result } = await runFuzz(encode, set, {
      limits,
      seed,
      mutators: all,
      criteria: [activationDistance({ threshold: 0.1 })],
      confirm: async () => false,
      executions: 12_000,
    });
    const target = targetOf(encode, set, { limits });
    const programs = screenProgram(target, [], inline.share(tablesOf(target)), inline);
    const made = all.flatMap((create) => create(target.domain, seed) ?? []);
    const byName = new Map(made.map((mutator) => [mutator.name, mutator]));
    const known = seedsOnly(target);
    const { corpus } = result;
    for (let entry = known.size; entry < corpus.size; entry++) {
      const lineage = corpus.lineageOf(entry);
      expect(Math.max(lineage.parent, lineage.partner ?? 0)).toBeLessThan(entry);
      const input = await replay(lineage, corpus.seedOf(entry), known, programs, byName);
      expect([entry, lineage.by, input]).toEqual([entry, lineage.by, corpus.input(entry)]);
      known.add(input, corpus.seedOf(entry), lineage);
    }
    const lineages = lineagesOf(corpus).slice(5);
    expect(lineages.length).toBeGreaterThan(150);
    expect(lineages.some(({ parent }) => parent >= 5)).toBe(true);
    // Those that mix inputs, and no others, say with what.
    const mixing = new Set(lineages.filter(({ partner }) => partner !== undefined).map(({ by }) => by));
    expect([...mixing].sort()).toEqual(['blend', 'crossover', 'splice']);
    for (const { by, partner } of lineages) expect(partner !== undefined).toBe(mixing.has(by));
    expect(new Set(lineages.map(({ by }) => by)).size).toBeGreaterThan(10);
  },
);
