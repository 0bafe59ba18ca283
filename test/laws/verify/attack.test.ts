// Laws of the attack: it stays in its boxes and its budget, says exactly what it ran, and does not depend on the workers.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import type { Encode } from '../../../src/ops/encoding.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import type { Runtime } from '../../../src/program/session.js';
import { createWorkerRuntime } from '../../../src/program/worker-runtime.js';
import { type AttackResult, attack } from '../../../src/verify/attack.js';
import {
  allOf,
  balls,
  budgetOf,
  oneBox,
  planted,
  ranged,
  rowsOf,
  targetOf,
  violatedBelow,
} from '../../helpers/attacks.js';
import { holds } from '../../helpers/laws.js';
import { inline } from '../../helpers/programs.js';
import { watchingRuntime } from '../../helpers/watching-runtime.js';

const pools = [createWorkerRuntime(1), createWorkerRuntime(2)];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

const run = (encode: Encode, set: InputSet, budget = 64, runtime: Runtime = inline, seed = 1) =>
  attack(targetOf(encode, set), allOf(set), budgetOf(budget), seed, runtime);

/** Rows outside the union of all boxes, element by element; boxes are alike or one where this is used. */
function outside(set: InputSet, data: ArrayLike<number>, instance = 0): number[] {
  const bound = (side: 'lower' | 'upper', at: number) =>
    set[side].data[instance * set.size + (at % set.size)] ?? Number.NaN;
  return Array.from(data).filter(
    (value, at) => !(bound('lower', at) <= value && value <= bound('upper', at)),
  );
}

/** Properties whose gradients are useful, NaN, infinite or zero. */
const encodes: Readonly<Record<string, Encode>> = {
  planted: planted([0.9, 0.1, 0.5], 0.2),
  'never violated': planted([9, 9, 9], 0.5),
  'NaN gradients': violatedBelow((p, x) =>
    p.add(
      p.mul(p.sqrt(p.sub(p.reduceSum(p.abs(x), [1]), 1e3)), 0),
      p.reduceSum(p.abs(p.sqrt(p.neg(x))), [1]),
    ),
  ),
  'NaN gradients of finite losses': violatedBelow((p, x) => {
    const root = p.sqrt(p.mul(p.slice(x, 1, 0, 1), 0));
    return p.add(root, 1);
  }),
  'infinite gradients': violatedBelow((p, x) => p.add(p.sqrt(p.reduceSum(p.relu(p.sub(x, 0.5)), [1])), 1)),
  'no gradients': violatedBelow((p, x) => p.add(p.mul(p.reduceSum(p.floor(x), [1]), 0), 1)),
};

const seedsIn = (low: number, high: number) =>
  fc.array(
    fc.array(fc.float({ min: Math.fround(low), max: Math.fround(high), noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    }),
    { minLength: 1, maxLength: 6 },
  );
const domains = fc.constantFrom(
  [0, 1] as const,
  [-3.4e38, 3.4e38] as const,
  [-(2 ** -149), 2 ** -149] as const,
);
const drawn = domains.chain(([low, high]) =>
  fc.record({
    range: fc.constant(ranged(Math.fround(low), Math.fround(high))),
    seeds: seedsIn(low, high),
    kind: fc.constantFrom(...Object.keys(encodes)),
    budget: fc.constantFrom(1, 5, 9, 22, 40),
  }),
);

describe('in its boxes and its budget', () => {
  test('every point of one box lies in it and is counted', async () => {
    await holds(
      drawn,
      async ({ range, seeds, kind, budget }) => {
        const set = oneBox(seeds, range);
        const runtime = watchingRuntime('x');
        const result = await run(encodes[kind] as Encode, set, budget, runtime);
        expect(runtime.fed.flatMap(({ data }) => outside(set, data as Float32Array))).toEqual([]);
        expect(result.executions[0]).toBe(runtime.rows());
        expect(result.executions[0]).toBeLessThanOrEqual(Math.max(budget, seeds.length));
      },
      60,
    );
  });

  test('every hit lies in the box of its instance and is a violation', async () => {
    const rows = rowsOf(300, 3, createRng(1).uniform);
    const set = balls(rows, 0.3);
    const { hits, executions } = await run(planted([0.6, 0.4, 0.5], 0.25), set);
    expect(hits.length).toBeGreaterThan(30);
    for (const { instance, seed, input, executions: spent } of hits) {
      expect(outside(set, input, instance)).toEqual([]);
      expect(set.instanceOf[seed]).toBe(instance);
      expect(spent).toBeLessThanOrEqual(executions[instance] ?? 0);
      const distance = Math.max(...[0.6, 0.4, 0.5].map((at, axis) => Math.abs((input[axis] ?? 9) - at)));
      expect(distance).toBeLessThanOrEqual(0.25 + 1e-6);
    }
  });

  test.each([1, 2, 5, 9, 10, 21, 22, 64, 200])('%i executions per instance', async (budget) => {
    const runtime = watchingRuntime('x');
    const set = balls(rowsOf(5, 3, createRng(2).uniform), 0.1);
    const { executions, smallestMargin } = await run(planted([9, 9, 9], 0.5), set, budget, runtime);
    expect(executions.reduce((sum, spent) => sum + spent, 0)).toBe(runtime.rows());
    expect(Math.max(...executions)).toBeLessThanOrEqual(budget);
    expect(Math.min(...executions)).toBeGreaterThan(budget - 13);
    expect(smallestMargin.every((margin) => margin > 7)).toBe(true);
  });

  test('instances that were not asked for stay untouched', async () => {
    const set = balls(rowsOf(6, 3, createRng(3).uniform), 0.1);
    const target = targetOf(planted([0.5, 0.5, 0.5], 9), set);
    const { hits, executions, smallestMargin } = await attack(target, [4, 1, 4], budgetOf(30), 1, inline);
    expect(hits.map(({ instance }) => instance)).toEqual([1, 4]);
    expect([...executions]).toEqual([0, 1, 0, 0, 1, 0]);
    expect(smallestMargin[0]).toBe(Number.POSITIVE_INFINITY);
    expect((await attack(target, [], budgetOf(30), 1, inline)).hits).toEqual([]);
  });

  test('many seeds in one box: all are tried first, then as many as the budget allows', async () => {
    const set = oneBox(rowsOf(600, 3, createRng(4).uniform));
    for (const [budget, spent] of [
      [64, 600],
      [700, 699],
      [600 * 61, 600 * 61 - 600 * 13],
    ] as const) {
      const runtime = watchingRuntime('x');
      const result = await run(planted([9, 9, 9], 0.5), set, budget, runtime);
      expect(result.executions[0]).toBe(runtime.rows());
      expect(result.executions[0]).toBeLessThanOrEqual(Math.max(budget, 600));
      expect(result.executions[0]).toBeGreaterThanOrEqual(Math.min(spent, budget - 13 * 600));
    }
  });
});

describe('the same seed', () => {
  const set = balls(rowsOf(700, 4, createRng(5).uniform), 0.2);
  const encode = planted([0.7, 0.2, 0.4, 0.5], 0.22);
  const comparable = (result: AttackResult) => ({ ...result, hits: result.hits.map((hit) => ({ ...hit })) });

  test('gives the same hits, however many workers there are', async () => {
    const results = await Promise.all([inline, ...pools].map((runtime) => run(encode, set, 64, runtime)));
    const [first, ...others] = results.map(comparable);
    expect(first?.hits.length).toBeGreaterThan(10);
    for (const other of others) expect(other).toEqual(first);
  });

  test('gives the same hits where later batches are done first', async () => {
    let runs = 0;
    const late: Runtime = {
      ...inline,
      workers: 2,
      open: async (...model) => {
        const session = await inline.open(...model);
        return {
          run: async (feeds) => {
            const isLate = runs++ % 2 === 0;
            const results = await session.run(feeds);
            if (isLate) await new Promise((resolve) => setTimeout(resolve, 20));
            return results;
          },
        };
      },
    };
    const shared = oneBox(rowsOf(700, 2, createRng(6).uniform));
    const everywhere = planted([0.5, 0.5], 0.4);
    const results = [await run(everywhere, shared), await run(everywhere, shared, 64, late)];
    expect(results[1]).toEqual(results[0]);
    expect(results[0]?.hits[0]?.seed).toBeLessThan(256);
  });

  test('another seed tries other points', async () => {
    const fedWith = async (seed: number) => {
      const runtime = watchingRuntime('x');
      await run(encode, set, 5, runtime, seed);
      return runtime.fed.map(({ data }) => Array.from(data, Number).join());
    };
    expect(await fedWith(1)).toEqual(await fedWith(1));
    expect(await fedWith(1)).not.toEqual(await fedWith(2));
  });
});
