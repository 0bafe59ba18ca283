// Input splitting of networks whose answers are known: what ends the search, and what is said then.
import { expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { branchOnInputs } from '../../../../src/verify/branch/inputs/inputs.js';
import { createPacking } from '../../../../src/verify/branch/inputs/subproblem.js';
import type { BranchRequest, OpenDisjunct } from '../../../../src/verify/branch/types.js';
import { requestOf } from '../../../helpers/branching.js';
import { modelOf } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';

/** y = |x0 - x1| as two Relus and their sum: 0 on the diagonal, which no finite number of boxes covers tightly. */
const distance = async () => {
  const weight = float32([1, -1, -1, 1], [2, 2]);
  const nodes = [
    ['Gemm', ['x', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'ones'], 'y'],
  ] as const;
  return (await opened(modelOf(['batch', 2], nodes, { w: weight, ones: float32([1, 1], [2, 1]) }))).model;
};

/** y <= limit, and x0 <= limitOfInput where it is given, on [0, 1]^2. */
function disjunctOf(index: number, limit: number, limitOfInput?: number): OpenDisjunct {
  const bounds = limitOfInput === undefined ? [limit] : [limit, limitOfInput];
  return {
    index,
    lower: Float32Array.of(0, 0),
    upper: Float32Array.of(1, 1),
    rows: {
      count: bounds.length,
      outputs: Float32Array.of(1, 0).subarray(0, bounds.length),
      inputs: Float32Array.of(0, 0, 1, 0).subarray(0, 2 * bounds.length),
      bounds: Float64Array.from(bounds),
    },
    known: new Float64Array(bounds.length).fill(-Infinity),
  };
}

const ask = async (disjuncts: readonly OpenDisjunct[], change: Partial<BranchRequest> = {}, rounds = 50) =>
  branchOnInputs({ ...requestOf(await distance(), disjuncts, undefined, rounds), ...change });

test('what is below the least output is empty, by a bound that is not above it', async () => {
  const results = await ask([disjunctOf(4, -0.125)]);
  expect(results).toMatchObject([{ index: 4, state: 'empty' }]);
  expect(results[0]?.bound).toBeGreaterThan(0);
  expect(results[0]?.bound).toBeLessThanOrEqual(0.125);
});

test('disjuncts with different numbers of rows are answered in their order', async () => {
  const results = await ask([disjunctOf(7, 0.5), disjunctOf(2, 0.5, -0.25), disjunctOf(5, -1)]);
  expect(results.map(({ index, state }) => [index, state])).toEqual([
    [7, 'open'],
    [2, 'empty'],
    [5, 'empty'],
  ]);
});

test('a limit that is met exactly is not proved: closures hold equality', async () => {
  const [result] = await ask([disjunctOf(0, 0)]);
  expect(result).toMatchObject({ state: 'open', reason: 'timeout' });
  expect(result?.bound).toBeLessThanOrEqual(0);
});

test('a counterexample ends the search', async () => {
  const seen: number[] = [];
  const tryPoints = async (disjunct: number, points: Float32Array) => {
    seen.push(disjunct, ...points);
    return true;
  };
  const [result] = await ask([disjunctOf(3, 0.25)], { tryPoints });
  expect(result?.state).toBe('open');
  expect(result?.reason).toBeUndefined();
  const [disjunct, a = 9, b = 0] = seen;
  expect(disjunct).toBe(3);
  expect(Math.abs(a - b)).toBeLessThanOrEqual(0.25);
});

test('the attack is told of points of boxes, and by how much they miss', async () => {
  const told: (readonly [disjunct: number, excess: number, expected: number])[] = [];
  const suggest = (disjunct: number, [a = 9, b = 9]: Float32Array, excess: number) => {
    told.push([disjunct, excess, Math.abs(a - b) + 0.125]);
  };
  await ask([disjunctOf(3, -0.125)], { suggest, tryPoints: async () => true }, 8);
  await ask([disjunctOf(4, 0)], { suggest }, 8);
  for (const [disjunct, excess, expected] of told)
    expect(excess).toBeCloseTo(disjunct === 3 ? expected : expected - 0.125, 5);
  expect(told.some(([disjunct]) => disjunct === 4)).toBe(true);
});

test('boxes that cannot be cut any more leave the disjunct open', async () => {
  const point = { lower: Float32Array.of(0.5, 0.5), upper: Float32Array.of(0.5, 0.5) };
  const [result] = await ask([{ ...disjunctOf(0, 0), ...point }], {}, Infinity);
  expect(result).toMatchObject({ state: 'open', reason: 'exhausted' });
});

test('Ctrl-C and the deadline end the search before the next batch', async () => {
  const stopped = { expired: () => true, interrupted: () => true };
  const [interrupted] = await ask([disjunctOf(0, 0)], { deadline: stopped });
  expect(interrupted).toMatchObject({ state: 'open', reason: 'interrupted' });
  const [expired] = await ask([disjunctOf(0, 0)], {}, 0);
  expect(expired).toMatchObject({ state: 'open', reason: 'timeout' });
});

test('little memory makes the search go deep instead of giving up', async () => {
  // No hidden value is bounded again here: the interval of the first layer is the best there is.
  const bytesPerBox = 4 * createPacking(2, 0, 1, true).length + 64;
  const waiting = async (boxes: number, rounds: number) => {
    const [result] = await ask([disjunctOf(0, 0)], { memoryBytes: boxes * bytesPerBox }, rounds);
    return result?.reason;
  };
  // Some of the boxes along the diagonal of sixteen rounds would fill it.
  expect(await waiting(60, 16)).toBe('timeout');
  expect(await waiting(2, 16)).toBe('memory');
});

test('the attack goes on between batches, for a tenth of the time: by samples, then by climbs', async () => {
  let now = 0;
  const attacks: [number, boolean][] = [];
  const attack = async (milliseconds: number, scans: boolean) => {
    attacks.push([milliseconds, scans]);
    return attacks.length === 3;
  };
  const clock = () => {
    now += 500;
    return now;
  };
  const [result] = await ask([disjunctOf(0, 0)], { clock, attack }, Infinity);
  expect(result?.state).toBe('open');
  expect(result?.reason).toBeUndefined();
  expect(attacks).toEqual([
    [50, true],
    [150, false],
    [300, false],
  ]);
});

test('a bound of what is open grows', async () => {
  const bounds: number[] = [];
  const onProgress = ({ bound }: { readonly bound: number }) => bounds.push(bound);
  const [result] = await ask([disjunctOf(0, 0)], { onProgress }, 6);
  expect(bounds.length).toBeGreaterThan(3);
  expect(bounds.at(-1)).toBeGreaterThan(bounds[0] ?? 0);
  expect(result?.bound).toBe(bounds.at(-1));
});
