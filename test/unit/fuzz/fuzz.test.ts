// Whole runs: what they cost, what they report, and how they end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeadline } from '../../../src/base/deadline.js';
import { float32, zeros } from '../../../src/base/tensor.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { inline } from '../../helpers/programs.js';
import { watchingRuntime } from '../../helpers/watching-runtime.js';
import { firstAbove, strangeAbove } from './encodes.js';
import { randomTensor, typed, unitSet } from './networks.js';
import { defaultExecutions, type RunChanges, runFuzz } from './runs.js';

const set = unitSet(randomTensor([10, 4], 5), true);
/** From whose seeds half of the range is one mutation away. */
const centred = unitSet(zeros('float32', [10, 4]), true);
/** Violated nowhere: the margin of -2 on [-1, 1]. */
const unviolated = firstAbove(2);

describe('budget', () => {
  test.each([1, 511, 512, 4096, 4097, 10_000])('%d executions are spent exactly', async (executions) => {
    const runtime = watchingRuntime('target');
    const { result } = await runFuzz(unviolated, set, { executions, runtime });
    expect(result.executions).toBe(executions);
    expect(result.executionsOf.reduce((sum, spent) => sum + spent, 0)).toBe(executions);
    expect(runtime.rows()).toBe(executions);
  });

  test('every instance gets its share', async () => {
    const { result } = await runFuzz(unviolated, set);
    expect(Math.min(...result.executionsOf)).toBeGreaterThan(0.25 * (defaultExecutions / 10));
  });

  test('nothing is executed once the time is over', async () => {
    const { result, steps } = await runFuzz(unviolated, set, { deadline: createDeadline(0, () => 0) });
    expect([result.executions, steps.length, result.corpusSize]).toEqual([0, 0, 10]);
  });

  test('time that ends on the way ends the run after the rounds under way, all of them counted', async () => {
    let now = 0;
    const deadline = createDeadline(3, () => now++);
    const { result } = await runFuzz(unviolated, set, { deadline, executions: 1e6 });
    expect(result.executions).toBeGreaterThan(0);
    expect(result.executions).toBeLessThan(40_000);
    expect(result.executionsOf.reduce((sum, spent) => sum + spent, 0)).toBe(result.executions);
  });

  test('progress is told after every round and ends at the budget; batches grow', async () => {
    const { steps } = await runFuzz(unviolated, set);
    const told = steps.map(({ executions }) => executions);
    const rounds = told.map((executions, at) => executions - (told[at - 1] ?? 0));
    expect(rounds[0]).toBeLessThanOrEqual(64);
    expect(Math.max(...rounds.slice(0, 3))).toBeLessThan(Math.max(...rounds));
    expect(Math.max(...rounds)).toBeGreaterThan(4 * 32);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(8 * 1024);
    expect(told.at(-1)).toBe(defaultExecutions);
  });
});

describe('hits', () => {
  test('are rows that look violated, in their boxes; what is confirmed closes its instance', async () => {
    const { result, hits, steps } = await runFuzz(firstAbove(0.5), centred);
    expect(hits.map(({ instance }) => instance).sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
    for (const { input, instance, seed } of hits) {
      expect(input[0]).toBeGreaterThan(0.5);
      expect(seed).toBe(instance);
    }
    expect(steps.at(-1)?.open).toBe(0);
    // No more rounds once all is decided.
    expect(result.executions).toBeLessThan(defaultExecutions);
  });

  test('what is refused stays open, and after eight refusals is offered no more', async () => {
    const { result, hits, steps } = await runFuzz(firstAbove(0.25), centred, { confirm: async () => false });
    expect(hits).toHaveLength(80);
    expect(steps.at(-1)?.open).toBe(10);
    expect(result.executions).toBe(defaultExecutions);
  });

  test('decided instances are left alone', async () => {
    const { result, hits } = await runFuzz(firstAbove(0.5), centred, { open: [2, 7] });
    expect(hits.map(({ instance }) => instance).sort()).toEqual([2, 7]);
    expect([...result.executionsOf].filter((spent) => spent > 0)).toHaveLength(2);
  });

  test('the smallest margin is that of the nearest row, infinite where there is none', async () => {
    const { result } = await runFuzz(unviolated, set, { open: [0] });
    expect(result.smallestMargin[0]).toBeGreaterThanOrEqual(1);
    expect(result.smallestMargin[0]).toBeLessThan(1.2);
    expect(result.smallestMargin[1]).toBe(Infinity);
  });
});

describe('values that are not finite', () => {
  test('are reported once where that settles it', async () => {
    const { strange, hits, result } = await runFuzz(strangeAbove(0.5), set);
    expect([strange.length, hits.length]).toEqual([1, 0]);
    expect(strange[0]?.input[0]).toBeGreaterThan(0.5);
    expect(result.executions).toBe(defaultExecutions);
  });

  test('and eight times where it does not', async () => {
    const { strange } = await runFuzz(strangeAbove(0.5), set, { strange: async () => false });
    expect(strange).toHaveLength(8);
  });

  test('never join the corpus nor blind the criteria', async () => {
    // 1 / relu(x): infinite on half of the inputs, among them half of the seeds.
    const model = await typed(
      ['batch', 4],
      [
        ['Relu', ['x'], 'r'],
        ['Reciprocal', ['r'], 'y'],
      ],
    );
    const { result } = await runFuzz(objectives.robustness(model), set, { confirm: async () => false });
    const found = result.corpus.inputs.subarray(10 * 4);
    expect(found.length).toBeGreaterThan(0);
    for (const value of found) expect(value).toBeGreaterThan(0);
  });

  test('a model that answers NaN everywhere is run to the end', async () => {
    const weights = randomTensor([4, 3], 1);
    weights.data.fill(Number.NaN);
    const model = await typed(['batch', 4], [['Gemm', ['x', 'w'], 'y']], { w: weights });
    const { hits, result } = await runFuzz(objectives.robustness(model), set);
    expect(hits).toHaveLength(10);
    expect(result.corpusSize).toBe(10);
  });
});

describe('criteria', () => {
  test('one that has nothing to cover is left out', async () => {
    const { result } = await runFuzz(unviolated, set);
    expect(result.coverage.map(({ criterion }) => criterion)).toEqual(['activation-distance']);
  });

  test('without any, what comes nearer to a violation joins the corpus', async () => {
    const { result } = await runFuzz(unviolated, set, { criteria: [] });
    expect(result.coverage).toEqual([]);
    const { corpus } = result;
    const found = Array.from({ length: corpus.size - 10 }, (_, at) => 10 + at);
    expect(found.length).toBeGreaterThan(10);
    for (const entry of found) {
      const parent = corpus.lineageOf(entry).parent;
      expect(corpus.input(entry)[0]).toBeGreaterThan(corpus.input(parent)[0] ?? Infinity);
    }
  });

  test('without feedback nothing joins the corpus, and the executions are the same', async () => {
    const [told, untold] = [
      await runFuzz(unviolated, set),
      await runFuzz(unviolated, set, { feedback: false }),
    ];
    expect([untold.result.corpusSize, untold.result.executions]).toEqual([10, told.result.executions]);
    expect(told.result.corpusSize).toBeGreaterThan(10);
    expect(untold.steps.map(({ executions }) => executions)).toEqual(
      told.steps.map(({ executions }) => executions),
    );
    expect(untold.result.coverage.map(({ kept }) => kept)).toEqual([0]);
  });

  test('without feedback no child is made twice', async () => {
    const screening = watchingRuntime('parent');
    const making = watchingRuntime('parameters', screening);
    await runFuzz(unviolated, set, { feedback: false, runtime: making });
    // One mutant of each seed besides, for calibration.
    expect(making.fed).toHaveLength(screening.fed.length + 1);
  });

  test('a network that always answers the same does not fill the corpus', async () => {
    // Great outputs whose distances are nothing but rounding.
    const model = await typed(
      ['batch', 4],
      [
        ['Mul', ['x', 'tiny'], 'm'],
        ['Add', ['m', 'large'], 'y'],
      ],
      { tiny: float32([1e-7], []), large: float32([1e3], []) },
    );
    const { result } = await runFuzz(objectives.finite(model), set);
    expect(result.corpusSize).toBe(10);
  });
});

describe('errors', () => {
  const rejected: unknown[] = [];
  const listen = (reason: unknown) => rejected.push(reason);
  beforeAll(() => void process.on('unhandledRejection', listen));
  afterAll(() => void process.off('unhandledRejection', listen));

  /** The run ends with the error alone, and nothing is under way any more: the threads can be ended. */
  async function endsWith(message: string, changes: RunChanges): Promise<void> {
    rejected.length = 0;
    const runtime = createWorkerRuntime(2);
    await expect(runFuzz(firstAbove(0.5), centred, { runtime, ...changes })).rejects.toThrow(message);
    await runtime.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rejected).toEqual([]);
  }
  const thrower = (message: string) => () => {
    throw new Error(message);
  };

  test.each([true, false])('while a hit is confirmed (decides: %s)', (decides) =>
    endsWith('no space left', { decides, confirm: async () => thrower('no space left')() }),
  );

  test('while the corpus is saved', () => {
    let calls = 0;
    return endsWith('disk full', { grown: () => (++calls > 2 ? thrower('disk full')() : undefined) });
  });

  test('in a batch of a round that has yet to be judged', async () => {
    rejected.length = 0;
    let batches = 0;
    const runtime = watchingRuntime('parent', inline, () => {
      if (++batches === 5) throw new Error('out of memory');
    });
    // The first batch is judged for long: the next round fails meanwhile.
    const confirm = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20));
    await expect(runFuzz(firstAbove(0.1), centred, { runtime, confirm })).rejects.toThrow('out of memory');
    expect(batches).toBeGreaterThanOrEqual(5);
    expect(rejected).toEqual([]);
  });
});
