// A finding's folder tells how the finding came about: every step by a mutator is made again to the bit from what the step before
// gave, and what other stages gave is there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chainIn, storedChain } from '../../../src/cli/findings/chain.js';
import { type FindingParts, writeFinding } from '../../../src/cli/findings/write.js';
import type { Batch } from '../../../src/fuzz/batches.js';
import { type ChainStep, chainOf } from '../../../src/fuzz/chain.js';
import { Corpus, seedLineage } from '../../../src/fuzz/corpus.js';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { tablesOf } from '../../../src/fuzz/programs/mutation.js';
import { screenProgram } from '../../../src/fuzz/programs/screen.js';
import type { SecondOpinion } from '../../../src/fuzz/stages/second-opinion.js';
import { inline } from '../../helpers/programs.js';
import { randomTensor, typed, unitSet } from './networks.js';
import { runFuzz, targetOf } from './runs.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-chain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shape = [6, 5];
const flat = await typed(
  ['batch', ...shape],
  [
    ['Flatten', ['x'], 'f', { axis: 1 }],
    ['Gemm', ['f', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'v'], 'y'],
  ],
  { w: randomTensor([30, 8], 1), v: randomTensor([8, 12], 2) },
);
const encode = objectives.robustness(flat);
const set = unitSet(randomTensor([5, ...shape], 5), true);
const seed = 3;
const all = Object.values(mutators);

/** Two implementations that differ where the first element is large. */
const opinion: SecondOpinion = {
  objective: 'backend',
  judge: async ({ data, shape: [rows = 0] }) => {
    const first = Float32Array.from({ length: rows }, (_, row) => data[(row * data.length) / rows] ?? 0);
    return { differs: Uint8Array.from(first, (value) => (value > 0.9 ? 1 : 0)), share: first };
  },
};

type Read = { readonly origin: number; readonly steps: readonly ChainStep[] };
const chains: Read[] = [];
const fromCorpus: ChainStep[] = [];
let corpus = new Corpus(30);

/** Through the folder of a finding and back. */
function viaFolder(steps: readonly ChainStep[], input: Float32Array, origin: Float32Array) {
  const { chain, arrays } = storedChain(steps, shape);
  const place = join(folder, `${chains.length}`);
  const parts = { ...finding, chain };
  const kind = { shape, image: undefined, integer: undefined, range: [-1, 1] as const };
  return chainIn(place, writeFinding(place, parts, input, origin, kind, { chain: arrays }), input);
}

const finding: Omit<FindingParts, 'chain'> = {
  property: 'p',
  kind: 'robustness',
  objective: 'main',
  cluster: null,
  models: [],
  target: 0,
  row: 0,
  linfEpsilon: null,
  expression: null,
  propertyFile: null,
  margin: -1,
  summary: '',
  foundBy: 'fuzz',
  executions: 1,
  seed,
  minimizedFrom: null,
};

const originOf = (at: number) => set.seeds.data.subarray(at * 30, (at + 1) * 30);

beforeAll(async () => {
  const { result } = await runFuzz(encode, set, {
    seed,
    opinion,
    mutators: all,
    gradients: 'ascent and bisection',
    decides: false,
    criteria: [activationDistance({ threshold: 0.1 })],
    limits: { l2Epsilon: 3 },
    executions: 15_000,
    grown: (grown) => {
      corpus = grown;
    },
    confirm: async (hit) => {
      const steps = viaFolder(chainOf(corpus, hit.lineage, hit.input), hit.input, originOf(hit.seed));
      chains.push({ origin: hit.seed, steps });
      return true;
    },
  });
  for (let entry = 5; entry < result.corpus.size; entry++) {
    const input = result.corpus.input(entry);
    const steps = chainOf(result.corpus, result.corpus.lineageOf(entry), input);
    chains.push({ origin: result.corpus.seedOf(entry), steps: viaFolder(steps, input, input) });
    const last = steps.at(-1);
    if (last !== undefined) fromCorpus.push(last);
  }
});

test('every step by a mutator gives to the bit what it gave', async () => {
  const target = targetOf(encode, set, { limits: { l2Epsilon: 3 } });
  const programs = screenProgram(target, [], inline.share(tablesOf(target)), inline);
  const made = all.flatMap((create) => create(target.domain, seed) ?? []);
  const byName = new Map(made.map((mutator) => [mutator.name, mutator]));
  const again = new Map<string, number>();
  for (const { origin, steps } of chains) {
    let before: Float32Array = originOf(origin);
    for (const { by, parameters, partner, result } of steps) {
      const mutator = byName.get(by.replace('second opinion on ', ''));
      const count = again.get(by) ?? 0;
      if (mutator !== undefined && count < triesEach) {
        const known = new Corpus(30);
        for (const input of [before, partner ?? before]) known.add(input, origin, seedLineage);
        const batch = oneChild(mutator, origin, parameters);
        expect([by, await programs.children(batch, known, [0])]).toEqual([by, result]);
        again.set(by, count + 1);
      }
      before = result;
    }
  }
  expect(again.size).toBeGreaterThan(15);
  const names = [...again.keys()];
  for (const by of ['splice', 'blend', 'crossover']) expect(names).toContain(by);
  expect(names.some((by) => by.startsWith('second opinion on '))).toBe(true);
});

/** Of each mutator. */
const triesEach = 8;

const oneChild = (mutator: Mutator, origin: number, parameters: readonly number[]): Batch => ({
  mutator: { ...mutator, drawn: 'per child' },
  columns: 1,
  parents: Int32Array.of(0),
  partners: Int32Array.of(1),
  seeds: Int32Array.of(origin),
  parameters: Float32Array.from(parameters),
});

test('what gradients gave is in the chains of all that descends from it', () => {
  const kept = new Set(fromCorpus.map(({ by, result }) => `${by} ${result}`));
  const between = chains.flatMap(({ steps }) => steps.slice(0, -1));
  expect(between.map(({ by }) => by)).toContain('gradient of main');
  expect(between.filter(({ by, result }) => !kept.has(`${by} ${result}`))).toEqual([]);
});
