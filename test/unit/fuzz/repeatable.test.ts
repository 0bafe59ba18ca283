// Equal seeds, equal runs: corpus, lineages, findings, executions and what the stages yielded, whoever works on them, with all that
// the fuzzer has.
import { afterAll, describe, expect, test } from 'vitest';
import { cheapCriteria } from '../../../src/fuzz/coverage/index.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator } from '../../../src/fuzz/mutators/mutator.js';
import { composed, objectives } from '../../../src/fuzz/objectives/index.js';
import { schedulers } from '../../../src/fuzz/schedule/index.js';
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
  executions: 8000,
};

describe.each(Object.entries(schedulers))('scheduler %s', (_name, scheduler) => {
  test('inline, one, two and three workers', async () => {
    const runs = [];
    for (const runtime of runtimes)
      runs.push(await runFuzz(everything, set, { ...full, scheduler, runtime }));
    const [first, ...others] = runs.map(summaryOf);
    for (const other of others) expect(other).toEqual(first);
    expect(first?.executions).toBe(8000);
    expect(first?.lineages.length).toBeGreaterThan(100);
    const makers = new Set(first?.lineages.map(({ by }) => by));
    expect([...makers]).toEqual(expect.arrayContaining(['noise', 'splice', 'gradient of main']));
    const found = new Set(
      [...(first?.hits ?? []), ...(first?.strange ?? [])].map(({ objective }) => objective),
    );
    expect([...found].sort()).toEqual(['agreement', 'finite', 'main', 'pole']);
    const stages = first?.steps.at(-1)?.stages ?? [];
    expect(stages.reduce((sum, { reward }) => sum + reward, 0)).toBeGreaterThan(100);
    expect(stages.every(({ executions }) => executions > 0)).toBe(true);
  });
});

test('another seed, another run', async () => {
  const [first, second] = [
    await runFuzz(everything, set, full),
    await runFuzz(everything, set, { ...full, seed: 2 }),
  ];
  expect(second.result.corpus.inputs.slice(40)).not.toEqual(first.result.corpus.inputs.slice(40));
});

test('models that take one input at a time', async () => {
  const single = await typed([1, 4], [['Gemm', ['x', 'w'], 'y']], { w: randomTensor([4, 3], 1) });
  const encode = objectives.robustness(single);
  const options: RunChanges = { ...full, batched: false, executions: 603 };
  const runs = [];
  for (const runtime of runtimes) runs.push(await runFuzz(encode, set, { ...options, runtime }));
  const [first, ...others] = runs.map(summaryOf);
  for (const other of others) expect(other).toEqual(first);
  expect(first?.executions).toBe(603);
});
