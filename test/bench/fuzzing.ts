// Fuzzing the plain MLP for robustness around the test digits, against plain batched inference of the same file at the same
// batch size. No hit is accepted, so that every digit stays open until the executions are spent. The machine's speed drifts,
// so the two take turns, and the ratio is the median of the turns' ratios.
import { noDeadline } from '../../src/base/deadline.js';
import { float32 } from '../../src/base/tensor.js';
import type { CoverageCriterion } from '../../src/fuzz/coverage/criterion.js';
import { coverageCriteria } from '../../src/fuzz/coverage/index.js';
import { type FuzzTarget, fuzz, rowsPerBatch } from '../../src/fuzz/fuzz.js';
import { mutators } from '../../src/fuzz/mutators/index.js';
import { objectives } from '../../src/fuzz/objectives/index.js';
import { boxesAround, hullOf } from '../../src/policy/input-set.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import type { Runtime } from '../../src/program/session.js';
import { createWorkerRuntime } from '../../src/program/worker-runtime.js';
import { provablyFinite } from '../../src/verify/finite-values.js';
import { exampleModel, pixelRange, testDigits } from './examples.js';

const turns = 5;
const executionsPerTurn = 2 ** 19;

const variants: readonly [string, readonly CoverageCriterion[], number][] = [
  ['no coverage, 1 worker', [], 1],
  ['activation distance, 1 worker', [coverageCriteria['activation-distance']], 1],
  ['all criteria, 1 worker', Object.values(coverageCriteria), 1],
  ['activation distance, 2 workers', [coverageCriteria['activation-distance']], 2],
];

export async function benchFuzzing(root: string): Promise<string[]> {
  const inline = createInlineRuntime();
  const infer = await plainInference(root, inline);
  const lines: string[] = [];
  for (const [name, criteria, workers] of variants) {
    const runtime = createWorkerRuntime(workers);
    const target = await robustnessTarget(root, runtime);
    const pairs: { plain: number; fuzzing: number }[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const plain = await infer();
      pairs.push({ plain, fuzzing: await fuzzingRate(target, criteria, runtime) });
    }
    await runtime.close();
    lines.push(describe(name, pairs));
  }
  return lines;
}

function describe(name: string, pairs: readonly { plain: number; fuzzing: number }[]): string {
  const [plain, fuzzing] = [
    median(pairs.map((pair) => pair.plain)),
    median(pairs.map((pair) => pair.fuzzing)),
  ];
  const ratio = median(pairs.map((pair) => pair.fuzzing / pair.plain));
  const rate = (perSecond: number) => Math.round(perSecond).toLocaleString('en-US').padStart(9);
  return `fuzzing, ${name.padEnd(31)}${rate(fuzzing)} executions/s; plain inference ${rate(plain)}/s; ratio ${ratio.toFixed(2)}`;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Executions per second of the file's own bytes in this thread: no messages, nothing but inference. */
async function plainInference(root: string, runtime: Runtime): Promise<() => Promise<number>> {
  const { typed, bytes } = await exampleModel(root, 'digits-mlp', runtime);
  const session = await runtime.open(bytes);
  const input = float32(new Float32Array(rowsPerBatch * 64).fill(0.5), [rowsPerBatch, 1, 8, 8]);
  return async () => {
    const from = performance.now();
    let batches = 0;
    for (; performance.now() - from < 1000; batches++) await session.run({ [typed.input.name]: input });
    return (batches * rowsPerBatch * 1000) / (performance.now() - from);
  };
}

async function robustnessTarget(root: string, runtime: Runtime): Promise<FuzzTarget> {
  const { typed } = await exampleModel(root, 'digits-mlp', runtime);
  const digits = await testDigits(root);
  const set = boxesAround(digits, 0, 0.1, pixelRange);
  const proven = await provablyFinite(typed, hullOf(set), runtime);
  const targets = digits.labels ?? new Int32Array(set.instanceOf.length);
  return {
    encode: objectives.robustness(typed, proven),
    set,
    targets,
    open: [...set.instanceOf],
    batched: true,
  };
}

/** Executions per second between the first report of progress and the last: without compilation. */
async function fuzzingRate(
  target: FuzzTarget,
  criteria: readonly CoverageCriterion[],
  runtime: Runtime,
): Promise<number> {
  const reports: { at: number; executions: number }[] = [];
  const options = {
    criteria,
    mutator: mutators.noise,
    seed: 1,
    executions: executionsPerTurn,
    deadline: noDeadline,
  };
  const progress = ({ executions }: { executions: number }) =>
    reports.push({ at: performance.now(), executions });
  await fuzz(target, options, { confirm: async () => false, nonFinite: async () => true, progress }, runtime);
  const [first, last] = [reports[0], reports.at(-1)];
  if (first === undefined || last === undefined) return Number.NaN;
  return ((last.executions - first.executions) * 1000) / (last.at - first.at);
}
