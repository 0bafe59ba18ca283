// A corpus on disk, open for adding. Entries go to a journal as they are found; at the end, and when the folder is opened
// again, the journal is folded into the archive. At every moment of that the folder holds all that was acknowledged.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { CEILING } from '../../policy/data/raw.js';
import { bytes as inBytes } from '../../report/words.js';
import { createFolder, isTemporary, writeFileAtomic } from '../files.js';
import { encodeArchive } from './archive.js';
import type { CorpusEntry } from './entry.js';
import { createJournal } from './journal.js';
import { filesOf, type LoadedCorpus, loadCorpus } from './load.js';
import { lock } from './lock.js';
import {
  type CorpusMeta,
  corpusSchemaVersion,
  type Manifest,
  manifestText,
  requireSameSubject,
} from './manifest.js';

/** What has been spent, by this run alone. */
export type RunState = { readonly executions: number };

export type CorpusStore = {
  /** What earlier runs left, in order; empty in a new folder. */
  readonly entries: readonly CorpusEntry[];
  /** Whether `seed` of these entries speaks of the seeds of this run. */
  readonly sameSeeds: boolean;
  /** Of the runs before this one. */
  readonly before: { readonly executions: number; readonly runs: number };
  /** For the user: what was damaged and left out. */
  readonly notes: readonly string[];
  /** On return the entries survive the death of the process. One write, whatever their number. */
  append(entries: readonly CorpusEntry[]): void;
  /** Writes down what this run has spent so far. */
  checkpoint(state: RunState): void;
  /** Folds the journal into the archive. */
  close(): void;
};

/**
 * Opens a folder for adding, creating it if need be.
 * @throws UserError INVALID_CORPUS where it belongs to another model or shape, FILE_UNWRITABLE where it cannot be written or
 *   another process adds to it
 */
export function openCorpusFolder(folder: string, meta: CorpusMeta): CorpusStore {
  const files = filesOf(folder);
  createFolder(folder);
  const release = lock(files.lock);
  try {
    removeLeftovers(folder);
    const isNew = !existsSync(files.manifest) && !existsSync(files.archive);
    const stored = isNew ? undefined : loadCorpus(folder);
    if (stored !== undefined) requireSameSubject(stored.manifest, meta, folder);
    return openedStore(folder, meta, stored, release);
  } catch (error) {
    release();
    throw error;
  }
}

function openedStore(
  folder: string,
  meta: CorpusMeta,
  stored: LoadedCorpus | undefined,
  release: () => void,
): CorpusStore {
  const files = filesOf(folder);
  const entries = stored?.entries ?? [];
  const before = { executions: stored?.manifest.executions ?? 0, runs: stored?.manifest.runs ?? 0 };
  let manifest = continued(meta, stored?.manifest, entries);
  if (stored === undefined || stored.archived < entries.length) writeArchive(folder, manifest, entries);
  else writeFileAtomic(files.manifest, manifestText(manifest));
  const journal = createJournal(files.journal, sizeOf(meta.shape));
  let count = entries.length;
  let failed = false;
  return {
    entries,
    sameSeeds: stored === undefined || stored.manifest.seedsSha256 === meta.seedsSha256,
    before,
    notes: stored?.notes ?? [],
    append(found) {
      failed = true;
      journal.append(found, count);
      failed = false;
      count += found.length;
    },
    checkpoint({ executions }) {
      manifest = { ...manifest, executions: before.executions + executions, runs: before.runs + 1 };
      writeFileAtomic(files.manifest, manifestText(manifest), false);
    },
    close() {
      journal.close();
      try {
        // The full disk that stopped the run would stop this too, and has been told.
        if (!failed && count > entries.length) fold(folder, manifest);
      } finally {
        release();
      }
    },
  };
}

/** What a process that was killed had begun to write beside a file; nobody else writes here, as the lock is ours. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) if (isTemporary(name)) rmSync(join(folder, name), { force: true });
}

/** What is known of a corpus when another run begins. */
function continued(
  meta: CorpusMeta,
  stored: Manifest | undefined,
  entries: readonly CorpusEntry[],
): Manifest {
  return {
    schemaVersion: corpusSchemaVersion,
    models: meta.models.length > 0 ? meta.models : (stored?.models ?? []),
    shape: meta.shape,
    objectives: [...new Set([...(stored?.objectives ?? []), ...meta.objectives])],
    seed: meta.seed,
    seedsSha256:
      stored === undefined || stored.seedsSha256 === meta.seedsSha256 || entries.length === 0
        ? meta.seedsSha256
        : null,
    mutators: namesIn(entries, stored?.mutators ?? []),
    executions: stored?.executions ?? 0,
    runs: stored?.runs ?? 0,
  };
}

/** `known`, and after them what occurs besides: positions in the list of an archive on disk keep their meaning. */
const namesIn = (entries: readonly CorpusEntry[], known: readonly string[]): string[] => [
  ...new Set([...known, ...entries.map(({ lineage }) => lineage.by)]),
];

function fold(folder: string, manifest: Manifest): void {
  const { entries } = loadCorpus(folder);
  writeArchive(folder, { ...manifest, mutators: namesIn(entries, manifest.mutators) }, entries);
  createJournal(filesOf(folder).journal, sizeOf(manifest.shape)).close();
}

/** The manifest first: its longer list of names fits the archive before and after. The journal is emptied last. */
export function writeArchive(folder: string, manifest: Manifest, entries: readonly CorpusEntry[]): void {
  const files = filesOf(folder);
  const bytes = 4 * entries.length * sizeOf(manifest.shape);
  if (bytes > CEILING) throw tooLarge(folder, bytes);
  writeFileAtomic(files.manifest, manifestText(manifest));
  writeFileAtomic(files.archive, encodeArchive(entries, manifest.shape, manifest.mutators));
}

/** Files beyond the ceiling are not read, so none is written; what is there stays as it is. */
const tooLarge = (where: string, bytes: number): UserError =>
  new UserError('INVALID_CORPUS', {
    where,
    problem: `would have ${inBytes(bytes)} of inputs, more than the ${inBytes(CEILING)} that are read again`,
    hint: 'make it smaller with "marauder distill"',
  });
