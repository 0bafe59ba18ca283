import { describe, expect, test } from 'vitest';
import { createLedger, type Suspect } from '../../../src/fuzz/ledger.js';
import { nonFinite } from '../../../src/fuzz/target.js';
import { randomTensor, unitSet } from './networks.js';
import { judged, visitOf, withMargins } from './visits.js';

const set = unitSet(randomTensor([3, 2], 1), true);
const ledgerOf = (
  openInstances: readonly number[] = [0, 1, 2],
  { decides = true, objectives = ['main', 'other'] } = {},
) => createLedger(set, { objectives, openInstances, decides });

describe('books', () => {
  test('every execution is booked to its instance', () => {
    const ledger = ledgerOf();
    ledger.record(visitOf([0, 0, 2], judged([0, 0, 0])));
    ledger.record(visitOf([2], judged([0])));
    expect([ledger.executed, ...ledger.executionsOf]).toEqual([4, 2, 0, 2]);
  });

  test('instances have room for more than 2^31 executions', () => {
    const ledger = ledgerOf();
    ledger.executionsOf[0] = 2 ** 31 - 1;
    const { suspects } = ledger.record(visitOf([0, 0], judged([0, 1])));
    expect(suspects[0]?.instanceExecutions).toBe(2 ** 31 + 1);
  });

  test('smallest margins, without NaN; none where the property has none', () => {
    const ledger = ledgerOf();
    ledger.record(visitOf([0, 0, 0, 1], withMargins(0.5, Number.NaN, 0.25, -1)));
    expect([...ledger.smallestMargin]).toEqual([0.25, -1, Infinity]);
    const other = ledgerOf([0]);
    other.record(visitOf([0], judged([0])));
    expect(other.smallestMargin[0]).toBe(Infinity);
  });

  test('rows that looked like findings are counted per objective, wanted or not', () => {
    const ledger = ledgerOf([0]);
    ledger.record(visitOf([0, 1, 1], judged([1, 1, 0]), judged([0, 0, 0])));
    ledger.record(visitOf([0, 0, 0], judged([1, 1, 1]), judged([0, 1, 0])));
    expect([...ledger.violations]).toEqual([
      ['main', 5],
      ['other', 1],
    ]);
  });
});

describe('suspects', () => {
  test('one per open instance and visit: the first of equals, with what was spent until then', () => {
    const ledger = ledgerOf([0, 1]);
    ledger.record(visitOf([1, 1], judged([0, 0])));
    const { suspects } = ledger.record(visitOf([0, 1, 0, 0, 2, 1], judged([0, 1, 1, 1, 1, 1])));
    expect(suspects).toMatchObject([
      { row: 1, instance: 1, seed: 1, executions: 4, instanceExecutions: 3, objective: 'main' },
      { row: 2, instance: 0, seed: 0, executions: 5, instanceExecutions: 2, objective: 'main' },
    ]);
  });

  test.each([true, false])('of a kind the one with the least margin (decides: %s)', (decides) => {
    const ledger = ledgerOf([0, 1], { decides });
    const { suspects } = ledger.record(
      visitOf([0, 0, 1, 0, 0], withMargins(Number.NaN, -1, -0.5, -3, -2), judged([0, 0, 0, 0, 0])),
    );
    expect(suspects.map(({ row, margin }) => [row, margin])).toEqual([
      [3, -3],
      [2, -0.5],
    ]);
  });

  test('each cluster and each objective is a kind', () => {
    const cluster = Int32Array.of(7, 8, 7, -7);
    const { suspects } = ledgerOf([0, 1]).record(
      visitOf([0, 0, 0, 0], judged([1, 1, 1, 1], { cluster }), judged([0, 1, 1, 0])),
    );
    expect(suspects.map((one) => [one.row, one.objective, one.cluster])).toEqual([
      [0, 'main', 7],
      [1, 'main', 8],
      [3, 'main', -7],
      [1, 'other', 0],
    ]);
  });

  test('what is confirmed closes its instance, which is hit no more, but still counted', () => {
    const ledger = ledgerOf([0, 1]);
    const { suspects } = ledger.record(
      visitOf([0, 0, 1], judged([1, 1, 1], { cluster: Int32Array.of(1, 2, 1) })),
    );
    expect(suspects).toHaveLength(3);
    ledger.answered(suspects[0] as Suspect, true);
    expect(suspects.map(ledger.isWanted)).toEqual([false, false, true]);
    expect([ledger.openCount, ledger.isOpen(0), ledger.isOpen(1)]).toEqual([1, false, true]);
    expect(ledger.record(visitOf([0], judged([1]))).suspects).toEqual([]);
    expect(ledger.executionsOf[0]).toBe(3);
  });

  test('a finding of another objective closes nothing, whatever that objective is called', () => {
    const ledger = ledgerOf([0], { objectives: ['main', 'main'] });
    const { suspects } = ledger.record(visitOf([0], judged([0]), judged([1])));
    ledger.answered(suspects[0] as Suspect, true);
    expect(ledger.isOpen(0)).toBe(true);
  });

  test('after eight refusals a kind is not believed any more, the others are', () => {
    const ledger = ledgerOf([0, 1]);
    const offered = Array.from({ length: 20 }, () => {
      const { suspects } = ledger.record(visitOf([0], judged([1])));
      for (const suspect of suspects) ledger.answered(suspect, false);
      return suspects.length;
    });
    expect(offered.reduce((sum, hits) => sum + hits, 0)).toBe(8);
    expect(ledger.isOpen(0)).toBe(true);
    expect(ledger.record(visitOf([1], judged([1]))).suspects).toHaveLength(1);
  });
});

describe('where the search goes on', () => {
  /** Confirmed margins of one kind, of visits with one row each. */
  const confirmed = (margins: readonly number[], decides: boolean): number[] => {
    const ledger = ledgerOf([0, 1, 2], { decides });
    return margins.filter((margin) => {
      const { suspects } = ledger.record(visitOf([0], judged([0]), withMargins(margin)));
      for (const suspect of suspects) ledger.answered(suspect, true);
      return suspects.length > 0;
    });
  };

  test('a finding is reported again where its margin is half as much again, three times at most', () => {
    expect(confirmed([-1, -1.4, -1.6, -1.7, -2.3, -2.5, -100, -1000], false)).toEqual([-1, -1.6, -2.5, -100]);
  });

  test('a first one without a margin below zero is no bar', () => {
    const ledger = ledgerOf([0], { decides: false });
    const offered = [Number.NaN, Number.NaN, -0.1, -0.11].map((value) => {
      const margin = Float32Array.of(value);
      const { suspects } = ledger.record(visitOf([0], judged([1], { margin })));
      for (const suspect of suspects) ledger.answered(suspect, true);
      return suspects.length;
    });
    expect(offered).toEqual([1, 0, 1, 0]);
  });

  test('where one decides, one is enough', () => {
    expect(confirmed([-1, -100], true)).toEqual([-1]);
  });

  test('nothing closes', () => {
    const ledger = ledgerOf([0], { decides: false });
    const { suspects } = ledger.record(visitOf([0], judged([1])));
    ledger.answered(suspects[0] as Suspect, true);
    expect([ledger.isOpen(0), ledger.isWanted(suspects[0] as Suspect)]).toEqual([true, false]);
  });

  test.each([
    [true, 1],
    [false, 3],
  ])('values that are not finite concern the model where a finding decides (%s: %d)', (decides, count) => {
    const ledger = ledgerOf([0, 1, 2], { decides, objectives: ['main', nonFinite] });
    const { suspects } = ledger.record(visitOf([0, 1, 2], judged([0, 0, 0]), judged([1, 1, 1])));
    expect(suspects).toHaveLength(count);
  });
});
