// `marauder fuzz` killed with SIGKILL at random moments: corpus and findings load again, and what was printed before is there and replays.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng.js';
import type { CorpusEntry } from '../../../src/cli/corpus/entry.js';
import { loadCorpus } from '../../../src/cli/corpus/load.js';
import { foldersBelow } from '../../../src/cli/findings/find.js';
import type { Bench, Experiment, Outcome } from './experiment.js';

const kills = 50;
const briefKills = 3;
/** After the first line of output, so that some fall into the start and some into the run. */
const latestKillMs = 2000;
const corpusFolder = '.marauder/fuzz/digits-mlp/corpus';

type Kill = {
  readonly ms: number;
  readonly reported: number;
  readonly lost: readonly string[];
  readonly corpus: number;
};

export const killExperiment: Experiment = {
  title: 'marauder fuzz killed with SIGKILL at random moments',
  run: async (bench) => {
    const desk = mkdtempSync(join(tmpdir(), 'marauder-kill-'));
    try {
      return await measure(bench, desk);
    } finally {
      rmSync(desk, { recursive: true, force: true });
    }
  },
};

async function measure({ root, brief, progress }: Bench, desk: string): Promise<Outcome> {
  const count = brief ? briefKills : kills;
  const rng = createRng(1, 'kills');
  const done: Kill[] = [];
  const damage: string[] = [];
  let before: readonly CorpusEntry[] = [];
  for (let time = 0; time < count; time++) {
    const ms = rng.below(latestKillMs);
    const printed = await killedAfter(root, desk, ms, time);
    const { entries, notes } = loadCorpus(join(desk, corpusFolder));
    const kept = before.every((entry, at) => same(entry, entries[at]));
    damage.push(...notes, ...(kept ? [] : [`kill ${time}: entries of the corpus are gone`]));
    before = entries;
    const reported = rowsIn(printed);
    const saved = new Set(foldersBelow(join(desk, '.marauder/findings')).flatMap(rowsIn));
    done.push({
      ms,
      reported: reported.length,
      lost: reported.filter((row) => !saved.has(row)),
      corpus: entries.length,
    });
    progress(
      `kill ${time + 1} of ${count} after ${ms} ms: ${reported.length} findings reported, corpus ${entries.length}`,
    );
  }
  const replayed = spawnSync(process.execPath, [`${root}bin/marauder.js`, 'replay', '.marauder', '--json'], {
    cwd: desk,
    encoding: 'utf8',
  });
  const { total = 0, violated = 0 } = parsed(replayed.stdout);
  const lost = done.flatMap((kill) => kill.lost);
  const reported = done.reduce((sum, kill) => sum + kill.reported, 0);
  const whole = lost.length === 0 && damage.length === 0 && total > 0 && violated === total;
  return {
    lines: [
      `${count} kills, ${reported} findings reported before them, ${lost.length} of these lost; corpus ${before.length} inputs at the end`,
      `${violated} of ${total} findings on disk replay; ${damage.length === 0 ? 'no file was damaged' : damage.join('; ')}`,
    ],
    requirements: [
      {
        what: `nothing lost in ${count} kills`,
        must: 'no finding lost, no damage, all replay',
        measured: `${lost.length} lost, ${damage.length} damaged, ${violated} of ${total} replay`,
        holds: whole,
      },
    ],
    figures: { kills: done, damage, total, violated },
  };
}

async function killedAfter(root: string, desk: string, ms: number, seed: number): Promise<string> {
  const digits = [
    '--data',
    `${root}corpora/digits.npz`,
    '--inputs',
    'test_images',
    '--labels',
    'test_labels',
  ];
  const range = ['--scale', '0.0625', '--rows', '40', '--linf', '0.1', '--time', '60s', '--seed', `${seed}`];
  const command = [`${root}bin/marauder.js`, 'fuzz', `${root}corpora/digits-mlp.onnx`, ...digits, ...range];
  const child = spawn(process.execPath, command, { cwd: desk });
  let [stdout, stderr, isTimed] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (!isTimed) setTimeout(() => child.kill('SIGKILL'), ms);
    isTimed = true;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const signal = await new Promise((resolve) => {
    child.on('close', (_status, ended) => resolve(ended));
  });
  if (signal !== 'SIGKILL') throw new Error(`the run ended by itself: ${stderr || stdout}`);
  return stdout;
}

/** A clearer finding of the same row may take the place of an earlier one. */
const rowsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/row-(\d+)-/g)].map((match) => match[1] ?? '')),
];

const same = (a: CorpusEntry, b: CorpusEntry | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const parsed = (text: string): { total?: number; violated?: number } =>
  text.trim() === '' ? {} : (JSON.parse(text) as { total?: number; violated?: number });
