// Which findings a path stands for: a finding's folder, the finding.json in it, or a folder of many findings.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../base/user-error.js';
import { unreadable } from '../file-errors.js';

const description = 'finding.json';

/**
 * Folders of findings, in the order of their names.
 * @throws UserError FILE_NOT_FOUND where there is no such path, INVALID_FINDING where no finding lies in it
 */
export function findingFolders(path: string): string[] {
  if (basename(path) === description) return [dirname(path)];
  const found = foldersBelow(path);
  if (found.length > 0) return found;
  throw new UserError('INVALID_FINDING', {
    where: path,
    problem: `no ${description} in this folder or below it`,
    hint: 'give a folder that "marauder check" or "marauder fuzz" wrote below .marauder/findings',
  });
}

/** As `findingFolders`; none where there are none. */
export function foldersBelow(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [];
    if (existsSync(join(path, description))) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => basename(name) === description)
      .map((name) => dirname(join(path, name)))
      .sort();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
