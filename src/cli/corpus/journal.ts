// `corpus.journal`: entries found since the archive was written, appended with one write a round. What write(2) has accepted
// survives the death of the process, however it dies.
import { closeSync, ftruncateSync, openSync, truncateSync, writeSync } from 'node:fs';
import { unwritable } from '../file-errors.js';
import type { CorpusEntry } from './entry.js';
import { encodeRecords, headerBytes, journalHeader } from './journal-records.js';

export type Journal = {
  /** @param first position of the first entry in the corpus */
  append(entries: readonly CorpusEntry[], first: number): void;
  close(): void;
};

/** An empty journal in place of whatever the file was. @param width elements of one input */
export function createJournal(file: string, width: number): Journal {
  const fd = opened(file);
  let length = headerBytes;
  /** On a full disk a write may end in the middle of a record: the file is cut back to what it was. */
  const write = (bytes: Buffer, keep: number) => {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (cause) {
      cutBack(fd, keep);
      throw unwritable(file, cause);
    }
  };
  try {
    write(journalHeader(width), 0);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    append(entries, first) {
      if (entries.length === 0) return;
      const records = encodeRecords(entries, first);
      write(records, length);
      length += records.length;
    },
    close: () => closeSync(fd),
  };
}

function opened(file: string): number {
  try {
    const fd = openSync(file, 'a');
    truncateSync(file, 0);
    return fd;
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** Best effort: a torn record is known when it is read. */
function cutBack(fd: number, length: number): void {
  try {
    ftruncateSync(fd, length);
  } catch {
    // Devices and pipes have no length.
  }
}
