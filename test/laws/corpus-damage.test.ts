// Whatever happens to the files of a corpus, loading gives a prefix of what was saved or one clear error: never other entries.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.js';
import { UserError } from '../../src/base/user-error.js';
import { filesOf, loadCorpus } from '../../src/cli/corpus/load.js';
import { openCorpusFolder } from '../../src/cli/corpus/store.js';
import { corpusMeta, numberedEntries } from '../helpers/corpora.js';
import { SEED } from '../helpers/laws.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-damage-'));
const files = filesOf(folder);
const names = ['journal', 'archive', 'manifest'] as const;
const [archived, saved] = [25, 60];
let whole: Record<(typeof names)[number], Buffer>;

beforeAll(() => {
  const first = openCorpusFolder(folder, corpusMeta());
  first.append(numberedEntries(0, archived));
  first.close();
  // Not closed: the rest stays in the journal.
  const second = openCorpusFolder(folder, corpusMeta());
  for (let at = archived; at < saved; at += 5) second.append(numberedEntries(at, at + 5));
  const read = (name: (typeof names)[number]) => readFileSync(files[name]);
  whole = { journal: read('journal'), archive: read('archive'), manifest: read('manifest') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Entries, or the error that the user reads. */
function outcome() {
  try {
    const { entries, notes } = loadCorpus(folder);
    expect(entries).toEqual(numberedEntries(0, entries.length));
    return { kept: entries.length, notes: notes.length, error: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.details.where).toContain(folder);
    return { kept: 0, notes: 0, error };
  }
}

const damages = {
  truncated: (bytes: Buffer, at: number) => bytes.subarray(0, at),
  flipped: (bytes: Buffer, at: number, bit: number) => {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
    return damaged;
  },
  'zeros at the end': (bytes: Buffer, at: number) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(64)]),
  'doubled from there': (bytes: Buffer, at: number) => Buffer.concat([bytes, bytes.subarray(at)]),
};

test('undamaged', () => expect(outcome()).toEqual({ kept: saved, notes: 0, error: undefined }));

test.each(names.flatMap((name) => Object.entries(damages).map(([how, damage]) => ({ name, how, damage }))))(
  '$name $how, 100 times: a prefix or an error',
  ({ name, how, damage }) => {
    const rng = createRng(SEED, `${name}-${how}`);
    const bytes = whole[name];
    let losses = 0;
    for (let time = 0; time < 100; time++) {
      writeFileSync(files[name], damage(bytes, rng.below(bytes.length), rng.below(8)));
      const { kept, notes, error } = outcome();
      if (error !== undefined || kept < saved) losses++;
      if (name !== 'journal') continue;
      // Nothing is lost from what lies in the archive, and what is lost is said: all but a cut between two records.
      expect(kept).toBeGreaterThanOrEqual(archived);
      if (how !== 'truncated') expect(kept === saved || notes === 1).toBe(true);
    }
    writeFileSync(files[name], bytes);
    if (how === 'truncated' || (how === 'flipped' && name === 'journal')) expect(losses).toBeGreaterThan(90);
  },
);

test('an archive of fewer entries than the journal continues: an error that says so', () => {
  rmSync(files.archive);
  expect(outcome().error).toMatchObject({
    code: 'INVALID_CORPUS',
    details: { problem: `continues at entry ${archived}, but entry 0 is missing` },
  });
  writeFileSync(files.archive, whole.archive);
});
