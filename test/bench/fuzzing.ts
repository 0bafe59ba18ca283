// Fuzzing the plain MLP for robustness around the test digits, against plain batched inference of the same file at the same
// batch size. No hit is accepted, so that every digit stays open until the executions are spent.
import { noDeadline } from '../../src/base/deadline.js';
import { float32 } from '../../src/base/tensor.js';
import type { CoverageCriterion } from '../../src/fuzz/coverage/criterion.js';
import { coverageCriteria } from '../../src/fuzz/coverage/index.js';
import { fuzz, rowsPerBatch } from '../../src/fuzz/fuzz.js';
import { mutators } from '../../src/fuzz/mutators/index.js';
import { objectives } from '../../src/fuzz/objectives/index.js';
import { boxesAround, hullOf } from '../../src/policy/input-set.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import type { Runtime } from '../../src/program/session.js';
import { createWorkerRuntime } from '../../src/program/worker-runtime.js';
import { provablyFinite } from '../../src/verify/finite-values.js';
import { exampleModel, pixelRange, testDigits } from './examples.js';

type Rate = { readonly perSecond: number; readonly perCpuSecond: number };

const secondsPerFigure = 3;

export async function benchFuzzing(root: string): Promise<string[]> {
  const plain = await plainInference(root);
  const lines = [`plain inference, batch ${rowsPerBatch}             ${show(plain)}`];
  const variants: [string, readonly CoverageCriterion[], number][] = [
    ['no coverage, 1 worker           ', [], 1],
    ['activation distance, 1 worker   ', [coverageCriteria['activation-distance']], 1],
    ['all criteria, 1 worker          ', Object.values(coverageCriteria), 1],
    ['activation distance, 2 workers  ', [coverageCriteria['activation-distance']], 2],
  ];
  for (const [name, criteria, workers] of variants) {
    const runtime = createWorkerRuntime(workers);
    const { rate, corpus } = await fuzzing(root, criteria, runtime);
    await runtime.close();
    const share = `${(rate.perSecond / plain.perSecond).toFixed(2)} of plain, ${(rate.perCpuSecond / plain.perCpuSecond).toFixed(2)} per CPU second`;
    lines.push(`fuzzing, ${name} ${show(rate)}  ${share}; corpus ${corpus}`);
  }
  return lines;
}

const show = ({ perSecond, perCpuSecond }: Rate): string =>
  `${Math.round(perSecond).toLocaleString('en-US').padStart(9)} executions/s, ${Math.round(perCpuSecond).toLocaleString('en-US').padStart(9)} per CPU second`;

/** The file's own bytes in this thread: no messages, nothing but inference. */
async function plainInference(root: string): Promise<Rate> {
  const runtime = createInlineRuntime();
  const { typed, bytes } = await exampleModel(root, 'digits-mlp', runtime);
  const session = await runtime.open(bytes);
  const input = float32(new Float32Array(rowsPerBatch * 64).fill(0.5), [rowsPerBatch, 1, 8, 8]);
  await session.run({ [typed.input.name]: input });
  return measured(async () => {
    for (let batch = 0; batch < 64; batch++) await session.run({ [typed.input.name]: input });
    return 64 * rowsPerBatch;
  });
}

async function fuzzing(
  root: string,
  criteria: readonly CoverageCriterion[],
  runtime: Runtime,
): Promise<{ rate: Rate; corpus: number }> {
  const { typed } = await exampleModel(root, 'digits-mlp', runtime);
  const digits = await testDigits(root);
  const set = boxesAround(digits, 0, 0.1, pixelRange);
  const proven = await provablyFinite(typed, hullOf(set), runtime);
  const open = [...set.instanceOf];
  const targets = digits.labels ?? new Int32Array(open.length);
  const target = { encode: objectives.robustness(typed, proven), set, targets, open, batched: true };
  let corpus = 0;
  const run = async (executions: number) => {
    const options = { criteria, mutator: mutators.noise, seed: 1, executions, deadline: noDeadline };
    const events = { confirm: async () => false, nonFinite: async () => true, progress: () => {} };
    const result = await fuzz(target, options, events, runtime);
    corpus = result.corpusSize;
    return result.executions;
  };
  await run(rowsPerBatch);
  return { rate: await measured(() => run(2 ** 20)), corpus };
}

/** Repeats until the time is over. CPU seconds are of the whole process, all threads. */
async function measured(work: () => Promise<number>): Promise<Rate> {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  let executions = 0;
  while (performance.now() - from < secondsPerFigure * 1000) executions += await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: (executions * 1000) / (performance.now() - from),
    perCpuSecond: (executions * 1e6) / (user + system),
  };
}
