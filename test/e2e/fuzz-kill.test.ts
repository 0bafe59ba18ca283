// `marauder fuzz` killed at random moments, again and again: the corpus loads and goes on, every finding that was reported is
// there, whole. Needs `npm run build`.
import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.js';
import type { CorpusEntry } from '../../src/cli/corpus/entry.js';
import { loadCorpus } from '../../src/cli/corpus/load.js';
import { foldersBelow } from '../../src/cli/findings/find.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const data = ['--data', inRoot('corpora/digits.npz'), '--inputs', 'test_images', '--labels', 'test_labels'];
const line = ['fuzz', inRoot('corpora/digits-mlp.onnx'), ...data, '--scale', '0.0625', '--rows', '40'];
const corpus = '.marauder/fuzz/digits-mlp/corpus';

/** MARAUDER_KILLS=50 for more. */
const kills = Number(process.env.MARAUDER_KILLS ?? 3);

/** Kills the run so long after it has printed its first finding. */
async function killedAfter(ms: number, seed: number): Promise<string> {
  let isTimed = false;
  const args = [...line, '--linf', '0.1', '--time', '60s', '--seed', `${seed}`];
  const { signal, stdout, stderr } = await bench.start(args, (printed, kill) => {
    if (isTimed || !printed.includes('✗')) return;
    setTimeout(() => kill('SIGKILL'), ms);
    isTimed = true;
  });
  expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
  return stdout;
}

/** Rows of which there is a whole finding. */
const savedRows = (): Set<string | undefined> =>
  new Set(foldersBelow(bench.path('.marauder/findings')).map((folder) => /row-(\d+)-/.exec(folder)?.[1]));

test(`kill -9, ${kills} times: corpus and findings are there again`, async () => {
  const rng = createRng(5, 'kills');
  let before: readonly CorpusEntry[] = [];
  for (let time = 0; time < kills; time++) {
    const printed = await killedAfter(rng.below(2000), time);
    // A clearer finding of the same row may have taken the place of one that was reported.
    const reported = [...printed.matchAll(/findings\/\S*\/row-(\d+)-/g)].map((match) => match[1]);
    expect(reported.filter((row) => !savedRows().has(row))).toEqual([]);
    const { entries, notes } = loadCorpus(bench.path(corpus));
    expect(notes).toEqual([]);
    expect(entries.slice(0, before.length)).toEqual(before);
    before = entries;
  }
  expect(before.length).toBeGreaterThan(40);
  const replayed = await bench.call('replay', '.marauder', '--json');
  expect(replayed).toMatchObject({ status: 1, stderr: '' });
  const { total, violated, findings } = JSON.parse(replayed.stdout);
  expect(total).toBeGreaterThan(0);
  expect(violated).toBe(total);
  expect(findings.every(({ changed }: { changed: string[] }) => changed.length === 0)).toBe(true);
  // And the run that is let go on begins with all of it.
  const last = await bench.call(...line, '--linf', '0.1', '--executions', '1000');
  expect(last).toMatchObject({ stderr: '' });
  expect(loadCorpus(bench.path(corpus)).entries.slice(0, before.length)).toEqual(before);
});
