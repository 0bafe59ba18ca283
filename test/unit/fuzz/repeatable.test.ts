// Equal seeds, equal runs: corpus, lineages, findings, executions and what the stages yielded, whoever works on them, with all that
// the fuzzer has.
import { afterAll, expect, test } from 'vitest';
import { cheapCriteria } from '../../../src/fuzz/coverage/index.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator } from '../../../src/fuzz/mutators/mutator.js';
import { composed, objectives } from '../../../src/fuzz/objectives/index.js';
import { schedulers } from '../../../src/fuzz/schedule/index.js';
import type { Encode } from '../../../src/ops/encoding.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import type { Runtime } from '../../../src/program/session.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { randomTensor, smallMlp, typed, unitSet } from './networks.js';
import { type RunChanges, runFuzz, summaryOf } from './runs.js';

const runtimes: readonly Runtime[] = [
  createInlineRuntime(),
  createWorkerRuntime(1),
  createWorkerRuntime(2),
  createWorkerRuntime(3),
];
afterAll(async () => {
  await Promise.all(runtimes.map((runtime) => runtime.close()));
});

const [model, twin] = [await smallMlp(), await smallMlp(7)];
/** 1 / relu(w x + b): infinite on part of the box. */
const pole = await typed(
  ['batch', 4],
  [
    ['Gemm', ['x', 'w', 'b'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Reciprocal', ['r'], 'y'],
  ],
  { w: randomTensor([4, 3], 5), b: randomTensor([3], 6) },
);
const everything = composed(objectives.robustness(model), {
  agreement: objectives.agreement(model, twin),
  pole: objectives.finite(pole),
});
const set = unitSet(randomTensor([10, 4], 5), true);
const all: readonly CreateMutator[] = Object.values(mutators);
const full: RunChanges = {
  mutators: all,
  gradients: 'ascent and bisection',
  criteria: Object.values(cheapCriteria),
  decides: false,
  confirm: async ({ input }) => (input[0] ?? 0) > -0.5,
  executions: 4000,
};

/** What the runs on all runtimes have in common, which is everything. */
async function common(encode: Encode, changes: RunChanges) {
  const runs = [];
  for (const runtime of runtimes) runs.push(await runFuzz(encode, set, { ...changes, runtime }));
  const [first, ...others] = runs.map(summaryOf);
  if (first === undefined) throw new Error('no runtimes');
  for (const other of others) expect(other).toEqual(first);
  expect(first.executions).toBe(changes.executions);
  return first;
}

test('inline, one, two and three workers: gradients, criteria and objectives at once', async () => {
  const { lineages, hits } = await common(everything, full);
  expect(lineages.length).toBeGreaterThan(30);
  expect(lineages.map(({ by }) => by)).toEqual(
    expect.arrayContaining(['gradient of main', 'gradient of outputs']),
  );
  expect(hits.map(({ lineage }) => lineage.by)).toContain('gradient of main');
});

test('climbs without gradients', async () => {
  const { lineages, hits } = await common(everything, { ...full, gradients: 'none', climbs: true });
  expect(lineages.map(({ by }) => by)).toContain('climb of main');
  expect(hits.map(({ lineage }) => lineage.by)).toContain('climb of main');
});

test('all mutators', async () => {
  const { lineages, hits, strange, steps } = await common(everything, { ...full, gradients: 'none' });
  expect(lineages.length).toBeGreaterThan(100);
  expect(lineages.map(({ by }) => by)).toEqual(expect.arrayContaining(['noise', 'splice']));
  const found = new Set([...hits, ...strange].map(({ objective }) => objective));
  expect([...found].sort()).toEqual(['agreement', 'finite', 'main', 'pole']);
  const stages = steps.at(-1)?.stages ?? [];
  expect(stages.reduce((sum, { reward }) => sum + reward, 0)).toBeGreaterThan(100);
  expect(stages.every(({ executions }) => executions > 0)).toBe(true);
});

test.each(Object.entries(schedulers))('scheduler %s', async (_name, scheduler) => {
  const { lineages } = await common(everything, { ...full, scheduler, executions: 2500 });
  expect(lineages.length).toBeGreaterThan(30);
});

test('another seed, another run', async () => {
  const runtime = runtimes[0] ?? createInlineRuntime();
  const run = (seed: number) => runFuzz(everything, set, { ...full, seed, runtime, executions: 2500 });
  const [first, second] = [await run(1), await run(2)];
  expect(second.result.corpus.inputs.slice(40)).not.toEqual(first.result.corpus.inputs.slice(40));
});

test('models that take one input at a time', async () => {
  const single = await typed([1, 4], [['Gemm', ['x', 'w'], 'y']], { w: randomTensor([4, 3], 1) });
  const encode = objectives.robustness(single);
  await common(encode, { ...full, batched: false, executions: 603 });
});
