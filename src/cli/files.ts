// Files as the commands need them: found, read as text, written whole or not at all.
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../base/user-error.js';
import { errorOf, unreadable, unwritable } from './file-errors.js';

const policyNames = ['marauder.policy.yaml', 'marauder.policy.yml', 'marauder.policy.json'];

/** The policy of `folder` or of the nearest folder above that has one. */
export function findPolicy(folder: string): string {
  for (let here = resolve(folder); ; here = dirname(here)) {
    const found = policyNames.map((name) => join(here, name)).find((file) => kindOf(file) === 'file');
    if (found !== undefined) return found;
    if (dirname(here) === here) break;
  }
  throw new UserError('FILE_NOT_FOUND', {
    where: folder,
    problem: `no ${policyNames[0]} here or in a folder above`,
    hint: 'name a policy: "marauder check FILE"',
  });
}

/** UTF-8, without the byte order mark that it may begin with. */
export function readTextFile(file: string): string {
  const bytes = readFileBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const hint = 'save it as UTF-8';
    throw new UserError('FILE_UNREADABLE', { where: file, problem: 'is not UTF-8 text', hint }, { cause });
  }
}

export function readFileBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** Fails before a long run, rather than after it, where a file can plainly not be written. Creates nothing. */
export function assertWritable(file: string): void {
  try {
    const kind = kindOf(file);
    if (kind === 'folder') throw errorOf('EISDIR');
    if (kind !== 'none') accessSync(file, constants.W_OK);
    if (kind !== 'other') accessSync(nearestFolder(dirname(resolve(file))), constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** As `assertWritable`, for a folder in which files are to be created. */
export function assertWritableFolder(folder: string): void {
  try {
    accessSync(nearestFolder(resolve(folder)), constants.W_OK);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** The folder itself, or the one above in which it would be created. */
function nearestFolder(path: string): string {
  const kind = kindOf(path);
  if (kind === 'file' || kind === 'other') throw errorOf('ENOTDIR');
  return kind === 'folder' || dirname(path) === path ? path : nearestFolder(dirname(path));
}

/**
 * Writes beside the file, then renames over it, so that readers see the old content or the new and never half of it.
 * All in one turn of the event loop: Ctrl-C cannot leave the temporary file behind. Creates the folder if need be.
 * @param flush waits for the disk, which takes milliseconds: for what nobody could make again after a loss of power
 */
export function writeFileAtomic(file: string, content: string | Uint8Array, flush = true): void {
  try {
    const kind = kindOf(file);
    // A pipe or /dev/null is written to; a rename would replace the device itself.
    if (kind === 'other') {
      writeFileSync(file, content);
      return;
    }
    // A rename would also replace what its owner has made read-only.
    if (kind === 'file') accessSync(file, constants.W_OK);
    makeFolder(dirname(resolve(file)));
    // Through a symbolic link to the file that it stands for.
    replace(kind === 'none' ? file : realpathSync(file), content, flush);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/**
 * With those above it. Node's own `recursive` goes round for ever where a folder that exists refuses one below it with
 * ENOENT, as /proc does.
 * @param folder absolute
 */
function makeFolder(folder: string): void {
  if (kindOf(folder) === 'folder') return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (kindOf(folder) === 'folder') return;
    throw isMissing(error) && kindOf(dirname(folder)) === 'folder' ? errorOf('EPERM') : error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** A folder in which files are to be created, with those above it. @throws UserError FILE_UNWRITABLE */
export function createFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function replace(file: string, content: string | Uint8Array, flush: boolean): void {
  // Not derived from the file's name, which may already have the greatest length that a name can have.
  const temporary = join(dirname(file), `.marauder-${process.pid}.tmp`);
  try {
    writeFileSync(temporary, content, { flush });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Whether a file of this name is what `writeFileAtomic` writes before it renames. */
export const isTemporary = (name: string): boolean => /^\.marauder-\d+\.tmp$/.test(name);

/** Follows links; `other` is a device, pipe or socket. */
function kindOf(file: string): 'none' | 'file' | 'folder' | 'other' {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return 'folder';
    return stat.isFile() ? 'file' : 'other';
  } catch {
    // Whatever is wrong with the path, opening it will say so.
    return 'none';
  }
}
