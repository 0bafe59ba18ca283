// What coverage states remember, on hand-made profiles.
import { describe, expect, test } from 'vitest';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import type { CoverageState, Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { neuronCoverage } from '../../../src/fuzz/coverage/neuron-coverage.js';

const profile = (...values: number[]) => Float32Array.from(values);
const thresholdOf = ({ feeds }: Snapshot) => Number(feeds['activation-distance:squared-threshold']?.data[0]);
const corpusOf = ({ table }: Snapshot) => table?.['activation-distance:corpus'];
const parentsOf = ({ parentFeeds }: CoverageState, ...entries: number[]) =>
  parentFeeds?.(Int32Array.from(entries))['activation-distance:parents'];

/** One seed at the origin, whose mutant lies at distance 1. */
const distance = (seeds = profile(0, 0), mutants = profile(1, 0)) =>
  activationDistance().createState({ seeds, mutants, width: 2 });

describe('activation distance', () => {
  test('the threshold is what nine in ten mutants stay within', () => {
    const mutants = Float32Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? at / 2 : 0));
    const state = distance(new Float32Array(40), mutants);
    expect(thresholdOf(state.snapshot())).toBeCloseTo(18 * 18 * 0.98, 3);
  });

  test('mutants without a finite distance do not count', () => {
    const state = distance(profile(0, 0, 0, 0), profile(Number.NaN, 0, 2, 0));
    expect(thresholdOf(state.snapshot())).toBeCloseTo(4 * 0.98, 5);
  });

  test('rounds that keep nothing lower it, rounds that keep much raise it, others leave it', () => {
    const state = distance();
    const thresholdAfter = (kept: number) => {
      for (let at = 0; at < kept; at++) state.add(profile(100, 50), true);
      return thresholdOf(state.snapshot());
    };
    const [first = 0, second = 0, some = 0, many = 0] = [0, 0, 1, 20].map(thresholdAfter);
    expect(second / first).toBeCloseTo(0.98, 5);
    expect(some).toBe(second);
    expect(many / some).toBeCloseTo(1.3, 5);
  });

  test('what joined the corpus for another criterion is known, but not counted as kept', () => {
    const state = distance();
    const before = state.snapshot();
    for (let at = 0; at < 20; at++) state.add(profile(100, 50), false);
    expect(state.isNew(profile(100, 50), before)).toBe(false);
    expect(state.summary()).toEqual({ criterion: 'activation-distance', kept: 0, covered: null });
    expect(thresholdOf(state.snapshot())).toBeLessThan(thresholdOf(before));
  });

  test('a row is compared with what joined after the table that it is new to, and only with that', () => {
    const state = distance();
    const early = state.snapshot();
    expect(state.isNew(profile(10, 0), early)).toBe(true);
    state.add(profile(10, 0), true);
    expect(state.isNew(profile(10.1, 0), early)).toBe(false);
    expect(state.isNew(profile(20, 0), early)).toBe(true);
    for (let at = 0; at < 64; at++) state.add(profile(0, 0), false);
    const late = state.snapshot();
    expect([early.size, late.size]).toEqual([1, 66]);
    // What the table knew is the program's business.
    expect(state.isNew(profile(10.1, 0), late)).toBe(true);
  });

  test('the table is made anew when more than 64 rows, or more than one in a hundred, are not in it', () => {
    const state = distance();
    const grow = (by: number) => {
      for (let at = 0; at < by; at++) state.add(profile(at, 0), false);
      return state.snapshot();
    };
    const first = grow(0);
    const same = grow(64);
    expect([same.size, same.table === first.table]).toEqual([1, true]);
    const second = grow(1);
    expect([second.size, corpusOf(second)?.shape]).toEqual([66, [3, 66]]);
    expect(grow(9_934).size).toBe(10_000);
    expect(grow(100).size).toBe(10_000);
    expect(grow(1).size).toBe(10_101);
  });

  test('parents are as the corpus has them, and columns of the matrix belong to its rows', () => {
    const state = distance(profile(0, 0, 1, 2), profile(0, 0, 0, 0));
    expect(parentsOf(state, 1, 0, 1)).toMatchObject({ shape: [3, 2], data: profile(1, 2, 0, 0, 1, 2) });
    expect(corpusOf(state.snapshot())).toMatchObject({
      shape: [3, 2],
      data: profile(-0, -2, -0, -4, 0, 5),
    });
  });

  test('what was given does not change when the state moves on, also where its table grows', () => {
    const state = distance();
    const snapshot = state.snapshot();
    const parents = parentsOf(state, 0);
    for (let at = 0; at < 200; at++) state.add(profile(at, 7), true);
    expect(parents?.data).toEqual(profile(0, 0));
    expect(corpusOf(snapshot)?.data).toEqual(profile(-0, -0, 0));
    expect(corpusOf(state.snapshot())?.shape).toEqual([3, 201]);
  });

  test('seeds without finite distances keep their places, far from everything', () => {
    const state = distance(profile(Number.NaN, 0, 1, 2, Infinity, 0, 1e30, 0), new Float32Array(8));
    const snapshot = state.snapshot();
    const matrix = corpusOf(snapshot);
    expect(parentsOf(state, 1)?.data).toEqual(profile(1, 2));
    expect([...(matrix?.data ?? [])].every((value) => Number.isFinite(Number(value)))).toBe(true);
    expect([8, 10, 11].map((at) => Number(matrix?.data[at]) > 1e29)).toEqual([true, true, true]);
    expect(state.isNew(profile(3, 3), snapshot)).toBe(true);
  });

  test('a profile that is not finite joins without hiding others', () => {
    const state = distance();
    const snapshot = state.snapshot();
    state.add(profile(Number.NaN, 0), false);
    expect(state.isNew(profile(10, 0), snapshot)).toBe(true);
  });
});

describe('neuron coverage', () => {
  const create = () =>
    neuronCoverage().createState({
      seeds: profile(1, 0, 0, 0),
      mutants: profile(0, 0, 0, 1),
      width: 4,
    });

  test('new is what covers something for the first time, seeds included, mutants not', () => {
    const state = create();
    const snapshot = state.snapshot();
    expect(state.isNew(profile(1, 0, 0, 0), snapshot)).toBe(false);
    expect(state.isNew(profile(1, 1, 0, 0), snapshot)).toBe(true);
    state.add(profile(1, 1, 0, 0), true);
    expect(state.isNew(profile(0, 1, 0, 0), snapshot)).toBe(false);
    state.add(profile(0, 0, 0, 1), false);
    expect(state.isNew(profile(0, 0, 0, 1), snapshot)).toBe(false);
    expect(state.summary()).toEqual({ criterion: 'neuron-coverage', kept: 1, covered: 0.75 });
    expect([snapshot.size, state.snapshot().size]).toEqual([1, 3]);
  });

  test('a snapshot is a copy', () => {
    const state = create();
    const { feeds } = state.snapshot();
    state.add(profile(0, 1, 1, 1), true);
    expect(feeds['neuron-coverage:uncovered']).toMatchObject({ shape: [4, 1], data: profile(0, 1, 1, 1) });
  });
});
