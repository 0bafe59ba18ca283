// What coverage states remember, on hand-made profiles.
import { describe, expect, test } from 'vitest';
import { activationDistance } from '../../../src/fuzz/coverage/activation-distance.js';
import type { Snapshot } from '../../../src/fuzz/coverage/criterion.js';
import { neuronCoverage } from '../../../src/fuzz/coverage/neuron-coverage.js';

const profile = (...values: number[]) => Float32Array.from(values);
const thresholdOf = ({ feeds }: Snapshot) => Number(feeds['activation-distance:squared-threshold']?.data[0]);
const columnsOf = ({ feeds }: Snapshot) => feeds['activation-distance:corpus']?.shape[1];

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
    const first = thresholdOf(state.snapshot());
    const second = thresholdOf(state.snapshot());
    expect(second / first).toBeCloseTo(0.98, 5);
    const keep = (count: number, from: number) => {
      const snapshot = state.snapshot();
      for (let at = 0; at < count; at++)
        expect(state.keep(profile(100 * (from + at), 50), snapshot)).toBe(true);
    };
    keep(5, 1);
    const after = thresholdOf(state.snapshot());
    keep(13, 10);
    expect(thresholdOf(state.snapshot()) / after).toBeCloseTo(1.3 * 0.98, 4);
  });

  test('a candidate is compared with what was kept after the snapshot that screened it, and only with that', () => {
    const state = distance();
    const [early, alsoEarly] = [state.snapshot(), state.snapshot()];
    expect(state.keep(profile(10, 0), early)).toBe(true);
    // Screened by the same snapshot, which did not know the first: now it does.
    expect(state.keep(profile(10.1, 0), alsoEarly)).toBe(false);
    const late = state.snapshot();
    expect(columnsOf(late)).toBe(2);
    // What the snapshot knew is the screening program's business.
    expect(state.keep(profile(10.1, 0), late)).toBe(true);
  });

  test('a snapshot does not change when the state moves on', () => {
    const state = distance();
    const snapshot = state.snapshot();
    const before = [...(snapshot.feeds['activation-distance:corpus']?.data ?? [])];
    state.keep(profile(10, 0), snapshot);
    expect([...(snapshot.feeds['activation-distance:corpus']?.data ?? [])]).toEqual(before);
    expect(state.summary()).toEqual({ criterion: 'activation-distance', kept: 1, covered: null });
  });

  test('seeds whose activations are not finite, or too large to square, are left out', () => {
    const state = distance(profile(Number.NaN, 0, 1, 2, Infinity, 0, 1e30, 0), new Float32Array(8));
    expect(state.snapshot().feeds['activation-distance:corpus']).toMatchObject({
      shape: [3, 1],
      data: profile(-2, -4, 5),
    });
  });

  test('without any usable seed the corpus is one point that everything is far from', () => {
    const state = distance(profile(Number.NaN, 0), profile(0, 0));
    const snapshot = state.snapshot();
    expect(columnsOf(snapshot)).toBe(1);
    expect(snapshot.feeds['activation-distance:corpus']?.data.at(-1)).toBeGreaterThan(1e37);
    expect(state.keep(profile(3, 3), snapshot)).toBe(true);
    expect(columnsOf(state.snapshot())).toBe(1);
  });

  test('the threshold never falls below the rounding of the distances', () => {
    const state = distance(profile(1000, 0), profile(1000, 0));
    for (let round = 0; round < 50; round++) state.snapshot();
    expect(thresholdOf(state.snapshot())).toBeGreaterThan(0.1);
  });
});

describe('neuron coverage', () => {
  const create = () =>
    neuronCoverage.createState({
      seeds: profile(1, 0, 0, 0),
      mutants: profile(0, 0, 0, 1),
      width: 4,
    });

  test('keeps what covers something for the first time, seeds included, mutants not', () => {
    const state = create();
    const snapshot = state.snapshot();
    expect(state.keep(profile(1, 0, 0, 0), snapshot)).toBe(false);
    expect(state.keep(profile(1, 1, 0, 0), snapshot)).toBe(true);
    expect(state.keep(profile(0, 1, 0, 0), snapshot)).toBe(false);
    expect(state.keep(profile(0, 0, 0, 1), snapshot)).toBe(true);
    expect(state.summary()).toEqual({ criterion: 'neuron-coverage', kept: 2, covered: 0.75 });
  });

  test('a snapshot is a copy', () => {
    const state = create();
    const { feeds } = state.snapshot();
    state.keep(profile(0, 1, 1, 1), state.snapshot());
    expect(feeds['neuron-coverage:uncovered']).toMatchObject({ shape: [4, 1], data: profile(0, 1, 1, 1) });
  });
});
