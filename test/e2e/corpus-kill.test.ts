// kill -9 at random moments, and disks that fill up: what was acknowledged is there again. Needs `npm run build`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.js';
import { loadCorpus } from '../../src/cli/corpus/load.js';
import { numberedEntries } from '../helpers/corpora.js';
import { inRoot } from './workbench.js';

const writer = inRoot('dist/test/e2e/corpus-writer.js');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the writer and kills it so many milliseconds after its first acknowledgement; the last number that it printed. */
function writeUntilKilled(afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (printed === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      printed += text;
    });
    child.on('close', (_status, signal) => {
      // The line that was being written may be torn.
      const lines = printed.slice(0, printed.lastIndexOf('\n')).split('\n');
      if (signal === 'SIGKILL') resolve(Number(lines.at(-1)));
      else reject(new Error(`the writer ended by itself, after ${printed}`));
    });
  });
}

/** MARAUDER_KILLS=50 for more. */
const kills = Number(process.env.MARAUDER_KILLS ?? 12);

test(`kill -9, ${kills} times: everything acknowledged is there again`, async () => {
  const rng = createRng(31, 'kill');
  let before = 0;
  for (let time = 0; time < kills; time++) {
    const acknowledged = await writeUntilKilled(rng.below(60));
    expect(acknowledged).toBeGreaterThan(before);
    const { entries } = loadCorpus(folder);
    expect(entries.length).toBeGreaterThanOrEqual(acknowledged);
    // One round at most was written and not yet acknowledged.
    expect(entries.length).toBeLessThanOrEqual(acknowledged + 7);
    expect(entries).toEqual(numberedEntries(0, entries.length));
    before = entries.length;
  }
});

test('a disk that is full: one clear error, nothing acknowledged is lost', () => {
  const write = (most: number, blocks: string) =>
    spawnSync(
      'sh',
      [
        '-c',
        `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`,
        process.execPath,
        writer,
        folder,
        `${most}`,
      ],
      {
        encoding: 'utf8',
      },
    );
  expect(write(70, 'unlimited')).toMatchObject({ status: 0, stderr: '' });
  // Blocks of 512 bytes: room for the files as they are, not for the journal of 7,000 entries.
  const { status, stdout, stderr } = write(7000, '32');
  const acknowledged = Number(stdout.trim().split('\n').at(-1));
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^UserError: .*corpus\.journal: cannot write: /),
  });
  expect(acknowledged).toBeGreaterThan(70);
  expect(loadCorpus(folder)).toMatchObject({ notes: [], entries: { length: acknowledged } });
  expect(write(7000, 'unlimited')).toMatchObject({ status: 0, stderr: '' });
  expect(loadCorpus(folder).entries).toEqual(numberedEntries(0, 7000));
});
