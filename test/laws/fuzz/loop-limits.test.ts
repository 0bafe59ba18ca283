// Limits through the whole loop: with mutators, gradients and bisection, whatever is reported or joins the corpus is valid in
// real numbers.
import { afterAll, describe, expect, test } from 'vitest';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import type { Domain } from '../../../src/fuzz/domain.js';
import { type Limits, withinLimits } from '../../../src/fuzz/limits.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator } from '../../../src/fuzz/mutators/mutator.js';
import { composed, objectives } from '../../../src/fuzz/objectives/index.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { randomTensor, typed, unitSet } from '../../unit/fuzz/networks.js';
import { type RunChanges, runFuzz, targetOf } from '../../unit/fuzz/runs.js';

const pool = createWorkerRuntime(2);
afterAll(() => pool.close());

const shape = [5, 4];
const modelOf = (seed: number) =>
  typed(
    ['batch', ...shape],
    [
      ['Flatten', ['x'], 'f', { axis: 1 }],
      ['Gemm', ['f', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'v'], 'y'],
    ],
    { w: randomTensor([20, 8], seed), v: randomTensor([8, 3], seed + 1) },
  );
const [model, twin] = [await modelOf(1), await modelOf(3)];
const encode = composed(objectives.robustness(model), { agreement: objectives.agreement(model, twin) });
/** One of every sort; each of them by itself is under test with the limits. */
const some: readonly CreateMutator[] = [
  mutators.noise,
  mutators.rotation,
  mutators['tabular-step'],
  mutators.crossover,
  mutators.dictionary,
];

const seeds = randomTensor([6, ...shape], 9);
const fractions = unitSet(seeds, true);
/** Every third element is a whole number, in boxes of [-20, 20]. */
const whole = unitSet(
  { ...seeds, data: seeds.data.map((value, at) => (at % 3 === 0 ? Math.round(10 * value) : 10 * value)) },
  true,
  [-20, 20],
);
const integer = Uint8Array.from({ length: 20 }, (_, at) => (at % 3 === 0 ? 1 : 0));
// Elements of a row, not of the batch: 20 is no multiple of 3.
const integerSet: InputSet = {
  ...whole,
  seeds: {
    ...whole.seeds,
    data: seeds.data.map((value, at) => (integer[at % 20] === 1 ? Math.round(10 * value) : 10 * value)),
  },
};

const limitsOf = (unit: number): Readonly<Record<string, Limits>> => ({
  box: {},
  linf: { linfEpsilon: 0.3 * unit },
  l2: { l2Epsilon: 0.8 * unit },
  l0: { l0Count: 3 },
  DeepHunter: { deepHunter: { alpha: 0.2, beta: 0.15, range: unit } },
  all: {
    linfEpsilon: 0.9 * unit,
    l2Epsilon: 1.5 * unit,
    l0Count: 15,
    deepHunter: { alpha: 0.2, beta: 0.4, range: unit },
  },
});

const domains: readonly { name: string; set: InputSet; unit: number; domain: Partial<Domain> }[] = [
  { name: 'images', set: fractions, unit: 1, domain: {} },
  { name: 'tables with whole numbers', set: integerSet, unit: 10, domain: { integer, image: undefined } },
];

describe.each(domains)('$name', ({ set, unit, domain }) => {
  test.each(Object.entries(limitsOf(unit)))('%s', async (_name, limits) => {
    const target = targetOf(encode, set);
    const options: RunChanges = {
      limits,
      domain: { ...target.domain, ...domain },
      mutators: some,
      gradients: 'ascent and bisection',
      criteria: [activationDistance({ threshold: 0.05 * unit })],
      decides: false,
      executions: 4000,
      runtime: pool,
    };
    const { result, hits } = await runFuzz(encode, set, options);
    const isValid = (input: Float32Array, seed: number) => {
      const row = (data: Float32Array) => data.subarray(seed * set.size, (seed + 1) * set.size);
      const box = {
        lower: row(set.lower.data),
        upper: row(set.upper.data),
        integer: options.domain?.integer,
      };
      return withinLimits(input, row(set.seeds.data), limits, box);
    };
    const { corpus } = result;
    const entries = Array.from({ length: corpus.size }, (_, entry) => entry);
    expect(entries.filter((entry) => !isValid(corpus.input(entry), corpus.seedOf(entry)))).toEqual([]);
    expect(hits.filter(({ input, seed }) => !isValid(input, seed))).toEqual([]);
    expect(corpus.size).toBeGreaterThan(20);
    expect(hits.some(({ lineage }) => lineage.by !== 'seed')).toBe(true);
    const makers = entries.map((entry) => corpus.lineageOf(entry).by);
    expect(makers.filter((by) => by.startsWith('gradient') || by === 'bisection').length).toBeGreaterThan(0);
  });
});

test('limits are not kept by chance', async () => {
  const { result } = await runFuzz(encode, fractions, {
    mutators: some,
    executions: 3000,
    confirm: async () => false,
  });
  const { corpus } = result;
  const { size, seeds: from } = fractions;
  for (const [name, limits] of Object.entries(limitsOf(1)).slice(1)) {
    const beyond = Array.from({ length: corpus.size }, (_, entry) => entry).filter((entry) => {
      const seed = from.data.subarray(corpus.seedOf(entry) * size, (corpus.seedOf(entry) + 1) * size);
      const everything = { lower: new Float32Array(size).fill(-1), upper: new Float32Array(size).fill(1) };
      return !withinLimits(corpus.input(entry), seed, limits, everything);
    });
    expect([name, beyond.length > 0]).toEqual([name, true]);
  }
});
