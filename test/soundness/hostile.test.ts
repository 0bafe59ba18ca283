// Hundreds of files that are wrong, strange or malicious (a thousand where MARAUDER_TEST_EFFORT is 1): each is refused with an error for the user, or typed, lowered and
// bounded rightly. Never a crash, a hang, a wrong bound or the machine's memory. They run in a process of their own.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { effort } from '../helpers/laws.js';
import { crafted } from './hostile/crafted.js';
import { type Judged, judgeAll } from './hostile/run.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Node cannot run TypeScript here: the child is the compiled one. */
const entry = `${root}dist/test/soundness/hostile/child.js`;
const count = effort(1000);
/** A busy machine takes many times what a case needs; what hangs, hangs for good. */
const limits = { caseMs: 60_000 };
const greatestMiB = 3000;
/** About 20 s of one core; a loaded machine takes several times that. */
const timeoutMs = 400_000;

const judged: Promise<readonly Judged[]> = judgeAll(entry, root, 0, count, limits);
const text = ({ number, name, outcome }: Judged) =>
  `case ${number}, ${name}: ${outcome.kind}, ${outcome.text}`;

test('the compiled child is there', () => {
  expect(existsSync(entry), 'run "npm run build" first').toBe(true);
});

test(
  'every file ends in an error for the user, or in results that are right',
  async () => {
    const bad = (await judged).filter(({ outcome }) => ['crashed', 'hung', 'broken'].includes(outcome.kind));
    expect(bad.map(text)).toEqual([]);
    expect((await judged).length).toBe(count);
  },
  timeoutMs,
);

test('none takes the memory of the machine', async () => {
  expect((await judged).filter(({ peakMiB }) => peakMiB > greatestMiB).map(text)).toEqual([]);
});

test('many files get far enough to be run, and some are bounded', async () => {
  const kinds = (await judged).map(({ outcome }) => outcome.kind);
  const share = (kind: string) => kinds.filter((each) => each === kind).length / count;
  expect(share('refused')).toBeLessThan(0.9);
  expect(share('fuzzed') + share('bounded')).toBeGreaterThan(0.1);
  expect(share('bounded')).toBeGreaterThan(0.02);
});

test('of those made by hand, only the harmless are run', async () => {
  const harmless = (await judged)
    .slice(0, crafted.length)
    .filter(({ outcome }) => outcome.kind !== 'refused');
  expect(harmless.map(({ name }) => name)).toEqual([
    'a chain of 1,000 nodes',
    'a chain in reverse',
    'If within If, 12 deep',
    'a name of a megabyte',
  ]);
});
