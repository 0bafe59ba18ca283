// The words below a table follow from its numbers, and say so where guidance does not pay.
import { expect, test } from 'vitest';
import {
  compare,
  type Summary,
  summarise,
  untilFound,
  verdictOf,
} from '../../bench/fuzz/baselines/summary.js';
import type { Found } from '../../bench/fuzz/methods/method.js';

const summary = (executions: readonly (number | null)[], unique: readonly number[]): Summary => ({
  method: 'm',
  runs: executions.length,
  succeeded: executions.filter((at) => at !== null).length,
  executions,
  unique,
  kinds: 1,
  validity: 1,
  labels: undefined,
});
const ten = (from: number) => Array.from({ length: 10 }, (_, at) => from + at);
const never = new Array<null>(10).fill(null);
const slow = summary(ten(1000), ten(3));

test('a method that is always sooner has effect 1 and a small p; the other way round effect 0', () => {
  const fast = summary(ten(10), ten(3));
  expect(compare(fast, slow).sooner).toBe(1);
  expect(compare(fast, slow).p).toBeLessThan(0.001);
  expect(compare(slow, fast).sooner).toBe(0);
  expect(compare(fast, slow).more).toBe(0.5);
});

test('finding nothing is later than everything, and equal to finding nothing', () => {
  const nothing = summary(never, new Array<number>(10).fill(0));
  expect(untilFound(nothing)).toEqual(new Array(10).fill(Infinity));
  expect(compare(slow, nothing).sooner).toBe(1);
  expect(compare(nothing, nothing)).toMatchObject({ sooner: 0.5, p: 1, magnitude: 'negligible' });
});

test.each([
  [summary(ten(10), ten(3)), 'helps (sooner)'],
  [summary(ten(10), ten(30)), 'helps (sooner, more failures)'],
  [summary(ten(9000), ten(3)), 'does not help, it hurts (later)'],
  [
    summary(ten(10), new Array<number>(10).fill(0)),
    'helps in one (sooner) and hurts in the other (fewer failures)',
  ],
  [summary(ten(1001), ten(3)), 'makes no difference'],
])('the verdict follows from the numbers', (method, words) => {
  expect(verdictOf('it', method, slow)).toContain(words);
});

test('failures are counted once per instance and kind; labels only where they mean something', () => {
  const found = (instance: number, cluster: string, executions: number, keepsLabel?: boolean): Found => ({
    instance,
    seed: instance,
    cluster,
    executions,
    keepsLabel,
    input: new Float32Array(1),
    isValid: instance !== 2,
    violated: true,
    margin: -1,
  });
  const runs = [
    { executions: 100, found: [found(0, 'a', 7, true), found(0, 'a', 3, false), found(1, 'a', 9, true)] },
    { executions: 100, found: [found(2, 'b', 50)] },
    { executions: 100, found: [] },
  ];
  expect(summarise('m', runs)).toMatchObject({
    succeeded: 2,
    executions: [3, 50, null],
    unique: [2, 1, 0],
    kinds: 3,
    validity: 0.75,
    labels: 2 / 3,
  });
});
