// Files and folders as data: found, readable and not too large, or one clear error.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, UserError } from '../../base/user-error.js';
import type { DataRef } from '../policy.js';
import { placeOf } from '../position.js';
import { nearest, show } from '../suggest.js';
import { gunzipped } from './gunzip.js';
import { CEILING, invalid } from './raw.js';

/** A file or folder of a data set, and the place in the policy that leads to it. */
type Place = Pick<DataRef, 'name' | 'file' | 'at'>;

/** What `ref.file` names; devices and pipes, which may never end, are refused. */
export async function kindOf(ref: Place): Promise<'file' | 'folder'> {
  const found = await stat(ref.file).catch((error: unknown) => unreadable(ref, error));
  if (found.isDirectory()) return 'folder';
  if (found.isFile()) return 'file';
  throw new UserError('FILE_UNREADABLE', {
    where: placeOf(ref.at),
    problem: `${ref.file} is no regular file`,
  });
}

/** The whole content, inflated where it is gzip-compressed. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > CEILING)
      throw invalid(file, `${size} bytes, more than ${CEILING}`, 'keep only the rows needed');
    return gunzipped(await readFile(file), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('FILE_UNREADABLE', { where: file, problem: messageOf(error) }, { cause: error });
  }
}

/** Entries of a folder in the order of their names' characters, which is the same on every machine. */
export async function listFolder(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new UserError('FILE_UNREADABLE', { where: folder, problem: messageOf(error) }, { cause: error });
  }
}

async function unreadable(ref: Place, error: unknown): Promise<never> {
  const where = placeOf(ref.at);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    throw new UserError('FILE_UNREADABLE', { where, problem: messageOf(error) }, { cause: error });
  }
  const folder = dirname(ref.file);
  const siblings = await readdir(folder).catch(() => []);
  const match = nearest(basename(ref.file), siblings);
  const hint = match ? `did you mean ${show(join(folder, match))}?` : "paths start from the policy's folder";
  const problem = `data set ${show(ref.name)}: no file or folder ${show(ref.file)}`;
  throw new UserError('FILE_NOT_FOUND', { where, problem, hint }, { cause: error });
}
