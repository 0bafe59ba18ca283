// What coverage states remember, on hand-made profiles.
import { describe, expect, test } from 'vitest';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import type { Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { neuronCoverage } from '../../../src/fuzz/coverage/neuron-coverage.js';

const profile = (...values: number[]) => Float32Array.from(values);
const thresholdOf = ({ feeds }: Snapshot) => Number(feeds['activation-distance:squared-threshold']?.data[0]);
const feedOf = ({ feeds }: Snapshot, name: 'parents' | 'corpus') => feeds[`activation-distance:${name}`];

/** One seed at the origin, whose mutant lies at distance 1. */
const distance = (seeds = profile(0, 0), mutants = profile(1, 0)) =>
  activationDistance.createState({ seeds, mutants, width: 2 });

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

  test('a row is compared with what joined after the snapshot that it is new to, and only with that', () => {
    const state = distance();
    const early = state.snapshot();
    expect(state.isNew(profile(10, 0), early)).toBe(true);
    state.add(profile(10, 0), true);
    expect(state.isNew(profile(10.1, 0), early)).toBe(false);
    expect(state.isNew(profile(20, 0), early)).toBe(true);
    const late = state.snapshot();
    expect([early.size, late.size]).toEqual([1, 2]);
    // What the snapshot knew is the program's business.
    expect(state.isNew(profile(10.1, 0), late)).toBe(true);
  });

  test('parents are as the corpus has them, and columns of the matrix belong to them', () => {
    const state = distance();
    state.add(profile(1, 2), true);
    const snapshot = state.snapshot();
    expect(feedOf(snapshot, 'parents')).toMatchObject({ shape: [2, 2], data: profile(0, 0, 1, 2) });
    expect(feedOf(snapshot, 'corpus')).toMatchObject({ shape: [3, 2], data: profile(-0, -2, -0, -4, 0, 5) });
  });

  test('a snapshot does not change when the state moves on, also where its table grows', () => {
    const state = distance();
    const snapshot = state.snapshot();
    for (let at = 0; at < 200; at++) state.add(profile(at, 7), true);
    expect(feedOf(snapshot, 'parents')?.data).toEqual(profile(0, 0));
    expect(feedOf(snapshot, 'corpus')?.data).toHaveLength(3);
    expect(feedOf(state.snapshot(), 'parents')?.shape).toEqual([201, 2]);
  });

  test('seeds without finite distances keep their places, far from everything', () => {
    const state = distance(profile(Number.NaN, 0, 1, 2, Infinity, 0, 1e30, 0), new Float32Array(8));
    const snapshot = state.snapshot();
    const [parents, matrix] = [feedOf(snapshot, 'parents'), feedOf(snapshot, 'corpus')];
    expect([...(parents?.data ?? [])].slice(2, 4)).toEqual([1, 2]);
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
    neuronCoverage.createState({
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
