// Verdicts on networks whose answer is known by arithmetic.

import { describe, expect, test } from 'vitest';
import { createDeadline } from '../../../src/base/deadline.js';
import { createRng } from '../../../src/base/rng.js';
import { float32 } from '../../../src/base/tensor.js';
import { branch } from '../../../src/verify/branch/choose.js';
import type { Branch } from '../../../src/verify/branch/types.js';
import { satisfies } from '../../../src/verify/decide/constraints.js';
import { decide } from '../../../src/verify/decide.js';
import { countingRuntime } from '../../helpers/counting-runtime.js';
import { decided, decideOptions, problemOf, vnnlib } from '../../helpers/deciding.js';
import { Draw } from '../../helpers/draw.js';
import { mlp } from '../../helpers/mlps.js';
import { modelOf } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';

const identity = modelOf(['batch', 1], [['Identity', ['x'], 'y']]);
/** |x|, as relu(x) + relu(-x). */
const absolute = modelOf(
  ['batch', 1],
  [
    ['Relu', ['x'], 'p'],
    ['Neg', ['x'], 'm'],
    ['Relu', ['m'], 'n'],
    ['Add', ['p', 'n'], 'y'],
  ],
);
/** |a + b| + |a - b|, at most 2 for elements in [-1, 1]; relaxed each by itself, at most 4. */
const loose = modelOf(
  ['batch', 2],
  [
    ['Gemm', ['x', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'ones'], 'y'],
  ],
  { w: float32([1, -1, 1, -1, 1, -1, -1, 1], [2, 4]), ones: float32([1, 1, 1, 1], [4, 1]) },
);

describe('without branching', () => {
  test('proved, with the margin that it has', async () => {
    const outcome = await decided(absolute, vnnlib(1, 1, [-1, 1], '(>= Y_0 1.5)'));
    expect(outcome).toMatchObject({ verdict: 'proved', disjuncts: [{ state: 'empty' }] });
    expect(outcome.bound).toBeGreaterThan(0.4);
    expect(outcome.bound).toBeLessThanOrEqual(0.5);
  });

  test('violated, at an input of the box that the constraint names', async () => {
    const outcome = await decided(absolute, vnnlib(1, 1, [-1, 1], '(>= Y_0 0.999)'));
    expect(outcome).toMatchObject({ verdict: 'violated', disjunct: 0, foundBy: 'attack' });
    if (outcome.verdict !== 'violated') return;
    expect(Math.abs(outcome.input[0] ?? 0)).toBeGreaterThanOrEqual(0.999);
    expect(Math.abs(outcome.input[0] ?? 2)).toBeLessThanOrEqual(1);
    expect(outcome.slack).toBeCloseTo(Math.abs(outcome.input[0] ?? 0) - 0.999, 10);
  });

  test('a strict constraint that only holds with equality is not violated', async () => {
    const touching = vnnlib(1, 1, [-1, 1], '(> Y_0 1)');
    expect((await decided(absolute, touching)).verdict).not.toBe('violated');
    const closed = await decided(absolute, vnnlib(1, 1, [-1, 1], '(>= Y_0 1)'));
    expect(closed).toMatchObject({ verdict: 'violated', slack: 0 });
  });

  test('no disjunct is a proof; no constraint is a counterexample', async () => {
    expect(await decided(identity, vnnlib(1, 1, [1, 0], '(>= Y_0 0)'))).toMatchObject({
      verdict: 'proved',
      bound: Infinity,
    });
    expect(await decided(identity, vnnlib(1, 1, [0, 1]))).toMatchObject({ verdict: 'violated' });
  });

  test('every disjunct counts: one that holds is enough', async () => {
    const or = '(or (and (>= Y_0 3)) (and (<= Y_0 -2)) (and (>= X_0 0.5) (<= Y_0 0.6)))';
    expect(await decided(identity, vnnlib(1, 1, [-1, 1], or))).toMatchObject({
      verdict: 'violated',
      disjunct: 2,
    });
    const none = '(or (and (>= Y_0 3)) (and (<= Y_0 -2)))';
    expect((await decided(identity, vnnlib(1, 1, [-1, 1], none))).verdict).toBe('proved');
  });

  test('bounds of the whole box that are too loose are no proof', async () => {
    const outcome = await decided(loose, vnnlib(2, 1, [-1, 1], '(>= Y_0 2.5)'), { timeoutMs: 200 });
    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'loose-bounds' });
    expect(outcome.bound).toBeLessThanOrEqual(0);
    expect(outcome.disjuncts[0]?.leastMargin).toBeCloseTo(0.5, 5);
  });

  describe('an operator without bounds is said, and the attack goes on', () => {
    const strange = modelOf(
      ['batch', 3],
      [
        ['Softsign', ['x'], 'h'],
        ['Hardmax', ['h'], 'y'],
      ],
    );
    test.each([
      ['without branching', {}],
      ['where branching is the first to find out', { branch, branchesFromRoots: true }],
    ])('%s', async (_name, options) => {
      const property = vnnlib(3, 3, [-1, 1], '(>= Y_0 2)');
      // A millisecond a reading: what is reached by then does not depend on the machine.
      let now = 0;
      const clock = () => now++;
      const deadline = createDeadline(Infinity, clock);
      const outcome = await decided(strange, property, { timeoutMs: 2000, clock, deadline, ...options });
      expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'unsupported' });
      if (outcome.verdict === 'unknown') expect(outcome.detail).toContain('Hardmax');
      // Twice as many as before it was found out.
      expect(outcome.statistics.executions).toBeGreaterThan(32_768);
    });
  });
});

describe('float64 boxes of float32 inputs', () => {
  test('no float32 number between the bounds: the nearest one counts', async () => {
    const point = await decided(identity, vnnlib(1, 1, ['0.1', '0.1'], '(>= Y_0 0.1)'));
    expect(point).toMatchObject({ verdict: 'violated', input: Float32Array.of(0.1) });
  });

  test('a witness lies between the bounds as they are written, not as they are rounded', async () => {
    // float32(0.1) is above 0.1, so that the greatest input is the float32 below.
    const outcome = await decided(identity, vnnlib(1, 1, ['0', '0.1'], '(>= Y_0 0.0999999)'));
    expect(outcome.verdict).toBe('violated');
    if (outcome.verdict === 'violated') expect(outcome.input[0]).toBeLessThanOrEqual(0.1);
    expect((await decided(identity, vnnlib(1, 1, ['0', '0.1'], '(>= Y_0 0.1)'))).verdict).not.toBe(
      'violated',
    );
  });
});

describe('deadlines', () => {
  const property = vnnlib(2, 1, [-1, 1], '(>= Y_0 2.5)');

  test('a time that is over', async () => {
    const deadline = createDeadline(0, () => 0);
    expect(await decided(loose, property, { deadline })).toMatchObject({
      verdict: 'unknown',
      reason: 'timeout',
      bound: -Infinity,
    });
  });

  test('an interruption', async () => {
    const abort = new AbortController();
    const deadline = createDeadline(Infinity, () => 0, abort.signal);
    const running = decided(loose, property, {
      deadline,
      timeoutMs: Infinity,
      onProgress: () => abort.abort(),
    });
    expect(await running).toMatchObject({ verdict: 'unknown', reason: 'interrupted' });
  });
});

describe('branching', () => {
  const property = vnnlib(2, 1, [-1, 1], '(or (and (>= Y_0 2.5)) (and (>= Y_0 9)))');
  const answering =
    (state: 'empty' | 'open', seen: (request: Parameters<Branch>[0]) => unknown = () => {}): Branch =>
    async (request) => {
      await seen(request);
      return {
        results: request.disjuncts.map(({ index }) => ({
          index,
          state,
          bound: 0.05,
          subproblems: 7,
          reason: 'exhausted',
        })),
        strategy: { explanation: ['guessed'] },
      };
    };

  test('is asked for what bounds leave open, and no more', async () => {
    const branch = answering('empty', ({ disjuncts }) => {
      expect(disjuncts.map(({ index }) => index)).toEqual([0]);
      expect(disjuncts[0]?.rows).toEqual({
        count: 1,
        outputs: Float32Array.of(-1),
        inputs: Float32Array.of(0, 0),
        bounds: Float64Array.of(-2.5),
      });
      expect(disjuncts[0]?.known[0]).toBeLessThanOrEqual(0);
    });
    expect(await decided(loose, property, { branch })).toMatchObject({
      verdict: 'proved',
      bound: 0.05,
      statistics: { subproblems: 7, strategy: ['guessed'] },
    });
  });

  test('bounds the whole boxes itself, where it says so', async () => {
    const branch = answering('empty', ({ disjuncts }) => {
      expect(disjuncts.map(({ known }) => [...known])).toEqual([[-Infinity], [-Infinity]]);
    });
    const outcome = await decided(loose, property, { branch, branchesFromRoots: true });
    expect(outcome).toMatchObject({ verdict: 'proved', statistics: { subproblems: 14 } });
  });

  test('what it leaves open is unknown, for its reason', async () => {
    const outcome = await decided(loose, property, { branch: answering('open') });
    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'exhausted' });
  });

  test('its points count where the file agrees, moved into the box', async () => {
    // Only the very end of the box: no attack is given the time to find it.
    const end = vnnlib(1, 1, [0, 1e6], '(and (>= Y_0 999999.99) (>= X_0 0))');
    const problem = await problemOf(identity, end);
    let asked: boolean[] = [];
    const branch = answering('open', async ({ tryPoints }) => {
      asked = [await tryPoints(0, Float32Array.of(5, 17)), await tryPoints(0, Float32Array.of(3, 2e6))];
    });
    const noAttack = { ...decideOptions, timeoutMs: 0, branch };
    const hidden = {
      ...problem,
      run: async (x: Float32Array) => (asked.length === 0 && x[0] !== 1e6 ? [0] : x),
    };
    const outcome = await decide(hidden, noAttack, { pool: inline, inline });
    if (outcome.verdict === 'violated' && outcome.foundBy === 'attack') return;
    expect(asked).toEqual([false, true]);
    expect(outcome).toMatchObject({ verdict: 'violated', foundBy: 'branching', input: Float32Array.of(1e6) });
  });
});

test('random networks: proofs survive samples, counterexamples run', async () => {
  const verdicts = new Set<string>();
  for (let seed = 0; seed < 16; seed++) {
    const draw = new Draw(seed);
    const { model } = mlp(draw, [3, 8, 2], 'normal');
    const bound = (draw.int(-30, 60) / 10).toFixed(1);
    const property = vnnlib(3, 2, [-0.5, 0.5], `(>= (+ Y_0 (* 0.3 Y_1)) ${bound})`);
    const problem = await problemOf(model, property);
    const outcome = await decided(model, property, { timeoutMs: 100 });
    verdicts.add(outcome.verdict);
    const [disjunct] = problem.disjuncts;
    if (disjunct === undefined) throw new Error('no disjunct');
    if (outcome.verdict === 'violated')
      expect(satisfies(disjunct, outcome.input, await problem.run(outcome.input))).toBe(true);
    if (outcome.verdict !== 'proved') continue;
    const rng = createRng(seed, 'points');
    for (let point = 0; point < 500; point++) {
      const x = Float32Array.from({ length: 3 }, () => rng.uniform() - 0.5);
      expect(satisfies(disjunct, x, await problem.run(x))).toBe(false);
    }
  }
  expect([...verdicts].sort()).toEqual(expect.arrayContaining(['proved', 'violated']));
});

test('what is under way when time is over for good is not waited for, and what is known is told', async () => {
  const stuck = { ...inline, open: () => new Promise<never>(() => {}) };
  const problem = await problemOf(loose, vnnlib(2, 1, [-1, 1], '(>= Y_0 3)'));
  let isOver = false;
  const overdue = new Promise<void>((resolve) => {
    setTimeout(() => {
      isOver = true;
      resolve();
    }, 50);
  });
  const deadline = { expired: () => isOver, interrupted: () => false };
  const options = { ...decideOptions, deadline, overdue };
  const outcome = await decide(problem, options, { pool: stuck, inline: stuck });
  expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'timeout', disjuncts: [{ state: 'open' }] });
  expect(outcome.statistics.timing.attack).toBeGreaterThan(20);
});

describe('threads beside this one', () => {
  const options = { ...decideOptions, branch, branchesFromRoots: true, timeoutMs: 20_000 };
  const property = (limit: number) => vnnlib(2, 1, [-1, 1], `(>= Y_0 ${limit})`);
  const beside = async (limit: number) => {
    const pool = countingRuntime();
    const problem = await problemOf(loose, property(limit));
    return { outcome: await decide(problem, options, { pool, inline }), pool };
  };

  test('a short proof opens nothing in them', async () => {
    const { outcome, pool } = await beside(2.1);
    expect(outcome).toMatchObject({ verdict: 'proved' });
    expect(outcome.statistics.subproblems).toBeGreaterThan(1);
    expect(pool.opened).toEqual([]);
  });

  test('nor does a counterexample that samples find', async () => {
    const { outcome, pool } = await beside(1.9);
    expect(outcome).toMatchObject({ verdict: 'violated', foundBy: 'attack' });
    expect(pool.opened).toEqual([]);
  });
});
