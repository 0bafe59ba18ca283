import { expect, test } from 'vitest';
import type { Batch } from '../../../src/fuzz/batches.js';
import { createLedger } from '../../../src/fuzz/ledger.js';
import type { Screened } from '../../../src/fuzz/screening.js';
import { randomTensor, unitSet } from './networks.js';

const set = unitSet(randomTensor([3, 2], 1), true);
const batchOf = (...seeds: number[]): Batch => ({
  rows: seeds.length,
  seeds: Int32Array.from(seeds),
  entries: Int32Array.from(seeds),
  parameters: new Float32Array(),
});

const screened = (violated: readonly number[], changes: Partial<Screened> = {}): Screened => ({
  violated: Uint8Array.from(violated),
  nonFinite: new Uint8Array(violated.length),
  margin: undefined,
  suspicion: [],
  ...changes,
});

test('books every execution to its instance', () => {
  const ledger = createLedger(set, [0, 1, 2]);
  ledger.record(batchOf(0, 0, 2), screened([0, 0, 0]));
  ledger.record(batchOf(2), screened([0]));
  expect([ledger.executed, ...ledger.executionsOf]).toEqual([4, 2, 0, 2]);
});

test('smallest margins, without NaN; none where the property has none', () => {
  const ledger = createLedger(set, [0, 1, 2]);
  const margin = Float32Array.of(0.5, Number.NaN, 0.25, -1);
  ledger.record(batchOf(0, 0, 0, 1), screened([0, 0, 0, 0], { margin }));
  expect([...ledger.smallestMargin]).toEqual([0.25, -1, Infinity]);
  const other = createLedger(set, [0]);
  other.record(batchOf(0), screened([0]));
  expect(other.smallestMargin[0]).toBe(Infinity);
});

test('one suspect per open instance and batch: its first, with what was spent until then', () => {
  const ledger = createLedger(set, [0, 1]);
  const suspects = ledger.record(batchOf(0, 1, 0, 0, 2, 1), screened([0, 1, 1, 1, 1, 1]));
  expect(suspects).toEqual([
    { row: 1, instance: 1, seed: 1, executions: 1 },
    { row: 2, instance: 0, seed: 0, executions: 2 },
  ]);
});

test('closed instances are counted, and hit no more', () => {
  const ledger = createLedger(set, [0, 1]);
  ledger.close(0);
  expect([ledger.openCount, ledger.isOpen(0), ledger.isOpen(1)]).toEqual([1, false, true]);
  expect(ledger.record(batchOf(0), screened([1]))).toEqual([]);
  expect(ledger.executionsOf[0]).toBe(1);
});

test('after eight refusals an instance is not believed any more, the others are', () => {
  const ledger = createLedger(set, [0, 1]);
  const offered = Array.from({ length: 20 }, () => ledger.record(batchOf(0), screened([1])).length);
  expect(offered.reduce((sum, hits) => sum + hits, 0)).toBe(8);
  expect(ledger.isOpen(0)).toBe(true);
  expect(ledger.record(batchOf(1), screened([1]))).toHaveLength(1);
});

test('strange rows are shown until the question is settled, or refused eight times', () => {
  const strange = screened([0, 0], { nonFinite: Uint8Array.of(0, 1) });
  const settled = createLedger(set, [0]);
  expect(settled.firstNonFinite(batchOf(0, 0), screened([0, 0]))).toBeUndefined();
  expect(settled.firstNonFinite(batchOf(0, 1), strange)).toMatchObject({
    row: 1,
    instance: 1,
  });
  settled.settleNonFinite();
  expect(settled.firstNonFinite(batchOf(0, 1), strange)).toBeUndefined();
  const refused = createLedger(set, [0]);
  const shown = Array.from({ length: 20 }, () => refused.firstNonFinite(batchOf(0, 1), strange));
  expect(shown.filter((hit) => hit !== undefined)).toHaveLength(8);
});
