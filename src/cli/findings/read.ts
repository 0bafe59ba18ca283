// The description in a finding's folder.
import { join } from 'node:path';
import { UserError } from '../../base/user-error.js';
import type { Finding } from '../../findings/finding.js';
import { parseFinding } from '../../findings/finding-schema.js';
import { readTextFile } from '../files.js';

/** Undefined where it cannot be read, or not be believed. */
export function findingIn(folder: string): Finding | undefined {
  const file = join(folder, 'finding.json');
  return unlessBroken(() => parseFinding(readTextFile(file), file));
}

/** Undefined in place of an error that a user could be told. */
export function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
