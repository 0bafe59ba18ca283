// What is shared with the workers is held exactly as long as some round reads it.
import { afterAll, describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import type { CoverageState } from '../../../src/fuzz/coverage/criterion.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { createSnapshots } from '../../../src/fuzz/snapshots.js';
import type { Runtime } from '../../../src/program/session.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { inline } from '../../helpers/programs.js';
import { sharingRuntime } from '../../helpers/sharing-runtime.js';
import { randomTensor, smallMlp, unitSet } from './networks.js';
import { runFuzz } from './runs.js';

const pool = createWorkerRuntime(2);
afterAll(() => pool.close());

/** A state whose table changes when it is told. */
function stateOf(name: string): CoverageState & { change(): void } {
  let table = { [name]: float32([0], [1]) };
  return {
    change: () => {
      table = { [name]: float32([1], [1]) };
    },
    snapshot: () => ({ feeds: { [`${name} feed`]: float32([2], [1]) }, table, size: 0 }),
    isNew: () => false,
    add: () => {},
    summary: () => ({ criterion: name, kept: 0, covered: null }),
  };
}

test('tables are sent again only when one has changed, and held while rounds read them', () => {
  const runtime = sharingRuntime();
  const [a, b] = [stateOf('a'), stateOf('b')];
  const take = createSnapshots([a, b], runtime);
  const [first, second] = [take(), take()];
  expect(second.tables).toBe(first.tables);
  expect([runtime.shared('a'), runtime.shared('a feed')]).toEqual([1, 2]);
  b.change();
  const third = take();
  expect(third.tables).not.toBe(first.tables);
  first.release();
  expect([runtime.held('a'), runtime.held('a feed')]).toEqual([2, 2]);
  second.release();
  expect([runtime.held('a'), runtime.held('a feed')]).toEqual([1, 1]);
  third.release();
  expect([runtime.held('a'), runtime.held('a feed')]).toEqual([0, 0]);
  const fourth = take();
  expect([runtime.held('a'), runtime.held('b')]).toEqual([1, 1]);
  fourth.release();
  expect(runtime.mistakes).toEqual([]);
});

describe.each<[string, Runtime]>([
  ['inline', inline],
  ['two workers', pool],
])('a run, %s', (_name, inner) => {
  const encode = smallMlp().then((model) => objectives.robustness(model));
  const set = unitSet(randomTensor([10, 4], 5), true);
  // A small threshold fills the corpus, so that the table changes often.
  const criteria = [activationDistance({ threshold: 0.02 })];
  const names = ['corpus', 'squared-threshold'].map((name) => `${criteria[0]?.name}:${name}`);

  test('holds the table of the round under way and no other, and nothing in the end', async () => {
    const runtime = sharingRuntime(inner);
    const held: number[][] = [];
    const { result } = await runFuzz(await encode, set, {
      runtime,
      criteria,
      gradients: 'ascent and bisection',
      confirm: async () => false,
      executions: 30_000,
      grown: () => held.push(names.map((name) => runtime.held(name))),
    });
    expect(result.corpusSize).toBeGreaterThan(500);
    expect(runtime.shared(names[0] ?? '')).toBeGreaterThan(3);
    expect(held.at(0)).toEqual([0, 0]);
    // Towards the end no round is under way while one is judged: it may take all that is left.
    expect(held.slice(1).every(([table = 9, feeds = 9]) => table <= 1 && feeds === table)).toBe(true);
    expect(held.slice(1, held.length >> 1).every(([table]) => table === 1)).toBe(true);
    expect(held.at(-1)).toEqual([0, 0]);
    expect(runtime.held('seedsTable')).toBe(0);
    expect(runtime.mistakes).toEqual([]);
  });

  test('holds nothing after an error', async () => {
    const runtime = sharingRuntime(inner);
    let hits = 0;
    const confirm = async () => {
      if (hits++ > 3) throw new Error('no space left');
      return false;
    };
    await expect(runFuzz(await encode, set, { runtime, criteria, confirm })).rejects.toThrow('no space left');
    expect([...names, 'seedsTable'].map((name) => runtime.held(name))).toEqual([0, 0, 0]);
    expect(runtime.mistakes).toEqual([]);
  });
});
