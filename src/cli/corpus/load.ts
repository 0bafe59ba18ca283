// Reading a corpus folder: the archive, then what the journal has beyond it. Changes nothing, so a folder may be read while
// another process adds to it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { plural } from '../../report/words.js';
import { readFileBytes, readTextFile } from '../files.js';
import { decodeArchive } from './archive.js';
import type { CorpusEntry } from './entry.js';
import { decodeRecords, journalWidth, type Positioned } from './journal-records.js';
import { damagedCorpus, type Manifest, parseManifest } from './manifest.js';

export const filesOf = (folder: string) => ({
  manifest: join(folder, 'corpus.json'),
  archive: join(folder, 'corpus.npz'),
  journal: join(folder, 'corpus.journal'),
  lock: join(folder, 'corpus.lock'),
});

export type LoadedCorpus = {
  readonly manifest: Manifest;
  readonly entries: readonly CorpusEntry[];
  /** Of these, how many the archive holds; the journal has the others. */
  readonly archived: number;
  /** For the user: what was damaged and left out. */
  readonly notes: readonly string[];
};

/** @throws UserError FILE_NOT_FOUND where there is no corpus, INVALID_CORPUS or INVALID_DATA where it cannot be believed */
export function loadCorpus(folder: string): LoadedCorpus {
  const files = filesOf(folder);
  if (!existsSync(files.manifest)) throw noCorpus(folder);
  const manifest = parseManifest(readTextFile(files.manifest), files.manifest);
  const archive = existsSync(files.archive)
    ? decodeArchive(readFileBytes(files.archive), manifest.shape, manifest.mutators, files.archive)
    : [];
  const { records, notes } = readJournal(files.journal, manifest);
  return { manifest, entries: extended(archive, records, files.journal), archived: archive.length, notes };
}

const noCorpus = (folder: string): UserError =>
  new UserError('FILE_NOT_FOUND', {
    where: folder,
    problem: 'no corpus.json here',
    hint: 'name a folder that "marauder fuzz", "merge" or "distill" wrote its corpus to',
  });

function readJournal(
  file: string,
  { shape }: Manifest,
): { records: readonly Positioned[]; notes: readonly string[] } {
  const bytes = existsSync(file) ? readFileBytes(file) : Buffer.alloc(0);
  if (bytes.length === 0) return { records: [], notes: [] };
  const width = journalWidth(bytes);
  if (width !== undefined && width !== sizeOf(shape))
    throw damagedCorpus(file, `has inputs of ${width} elements, not ${sizeOf(shape)}`);
  const { records, wholeBytes } =
    width === undefined ? { records: [], wholeBytes: 0 } : decodeRecords(bytes, width);
  const lost = bytes.length - wholeBytes;
  const note = `${file}: the last ${plural(lost, 'byte')} are damaged and were left out, after ${plural(records.length, 'whole entry', 'whole entries')}`;
  return { records, notes: lost === 0 ? [] : [note] };
}

/** The latest of what it was made from. */
const ancestor = ({ lineage: { parent, partner = -1 } }: CorpusEntry): number => Math.max(parent, partner);

/** Records that the archive has already are passed over: a crash may come between joining it and emptying the journal. */
function extended(
  archive: readonly CorpusEntry[],
  records: readonly Positioned[],
  file: string,
): CorpusEntry[] {
  const entries = [...archive];
  for (const { position, entry } of records) {
    if (position < entries.length) continue;
    if (position > entries.length || ancestor(entry) >= position)
      throw damagedCorpus(file, `continues at entry ${position}, but entry ${entries.length} is missing`);
    entries.push(entry);
  }
  return entries;
}
