// Networks that were built to fool verifiers (Zombori et al. 2021, Jia and Rinard 2021, Szasz et al. 2025): nothing is proved of the deployed
// network that some order of summation breaks, and what ONNX Runtime itself breaks is found. All of them with MARAUDER_TEST_EFFORT=10.
import { describe, expect, test } from 'vitest';
import { effort } from '../helpers/laws.js';
import type { AdversarialCase } from './adversarial/case.js';
import { families, tame } from './adversarial/families/index.js';
import {
  claimAccepted,
  escapes,
  proved,
  provedByBounds,
  violatedByRuntime,
  violatingOrders,
} from './adversarial/judge.js';

const all = Object.values(families).flatMap(({ cases }) => cases);

/** Evenly spread. */
const some = (cases: readonly AdversarialCase[], count: number): readonly AdversarialCase[] =>
  cases.filter(
    (_, at) => Math.floor((at * count) / cases.length) !== Math.floor(((at - 1) * count) / cases.length),
  );

const timeoutMs = 900_000;

test('there are at least 50, of different names', () => {
  expect(all.length).toBeGreaterThanOrEqual(50);
  for (const { cases } of Object.values(families))
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

describe('what some order of summation violates', () => {
  test.each(some(all, effort(9)))(
    '$name',
    async (given) => {
      expect(violatingOrders(given)).not.toEqual([]);
      expect(await escapes(given)).toEqual([]);
      expect(await provedByBounds(given, 'deployed')).toBe(false);
      expect(await claimAccepted(given, 'deployed')).toBe(false);
    },
    timeoutMs,
  );

  test(
    'marauder prove proves none, and finds most of what ONNX Runtime violates',
    async () => {
      let [violated, found] = [0, 0];
      for (const given of some(all, effort(8))) {
        const byRuntime = await violatedByRuntime(given);
        // Those that it does not violate are searched until the time is over.
        const { verdict } = await proved(given, 'deployed', byRuntime ? 10 : 0.5);
        expect(verdict, given.name).not.toBe('proved');
        violated += byRuntime ? 1 : 0;
        found += byRuntime && verdict === 'violated' ? 1 : 0;
      }
      expect(violated).toBeGreaterThan(0);
      expect(found).toBeGreaterThanOrEqual(violated / 2);
    },
    timeoutMs,
  );
});

test(
  'the same constructions with small numbers are proved: the others are not just beyond the bounds',
  async () => {
    for (const given of some(tame.cases, effort(2))) {
      expect(violatingOrders(given)).toEqual([]);
      expect((await proved(given, 'deployed', 60)).verdict, given.name).toBe('proved');
    }
  },
  timeoutMs,
);
