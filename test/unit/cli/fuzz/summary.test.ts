import { expect, test } from 'vitest';
import type { CampaignResult } from '../../../../src/cli/fuzz/run.js';
import { fuzzSummary } from '../../../../src/cli/fuzz/summary.js';
import type { Io } from '../../../../src/cli/options.js';
import { plain } from '../../../../src/report/style.js';
import { foundAt, sessionOf } from './sessions.js';

const io = { style: plain } as Io;

const resultOf = (findings: Parameters<typeof sessionOf>[1], changes: Partial<CampaignResult> = {}) => ({
  session: sessionOf(2, findings),
  executions: 2000,
  corpusSize: 30,
  coverage: [{ criterion: 'neuron-coverage', kept: 3, covered: 0.3034 }],
  folder: '.marauder/fuzz/digits/corpus',
  before: { executions: 0, runs: 0 },
  notes: [],
  totalMs: 2000,
  ...changes,
});

test('the ten clearest, and where the others are', () => {
  const findings = Array.from({ length: 12 }, (_, at) => foundAt(`row ${at}`, -at));
  const text = fuzzSummary([resultOf(findings)], io);
  expect(text).toContain('digits  12 findings in 12 clusters');
  const rows = [...text.matchAll(/✗ robustness {2}row (\d+):/g)].map(([, row]) => Number(row));
  expect(rows).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  expect(text).toContain('and 2 more in .marauder/findings');
  expect(text).toContain('marauder replay .marauder/findings/robustness/row-11-0123abcd');
  expect(text).toContain(
    '2,000 executions in 2.0 s (1,000/s) · corpus of 30 inputs · neuron-coverage 30.3 %',
  );
});

test('no findings, and nothing executed, are different things', () => {
  expect(fuzzSummary([resultOf([])], io)).toContain('digits  no findings');
  const idle = fuzzSummary([resultOf([], { executions: 0 })], io);
  expect(idle).toContain('digits  nothing executed: give it more time');
  expect(idle).not.toContain('no findings');
});

test('what earlier runs did', () => {
  const known = { ...foundAt('row 1', -1), isEarlier: true };
  const before = { executions: 5000, runs: 2 };
  const text = fuzzSummary([resultOf([known, foundAt('row 2', -2)], { before })], io);
  expect(text).toContain('2 findings in 2 clusters, 1 of earlier runs');
  expect(text).toContain('2,000 executions after 5,000 in 2 earlier runs');
});
