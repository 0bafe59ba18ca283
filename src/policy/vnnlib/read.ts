// A property file, gzip-compressed or not.
import { access } from 'node:fs/promises';
import { UserError } from '../../base/user-error.js';
import { readBytes } from '../data/files.js';
import { parseVnnlib } from './parse.js';
import type { VnnlibProperty } from './property.js';

/** @throws UserError FILE_NOT_FOUND, FILE_UNREADABLE, INVALID_DATA (damaged gzip) or INVALID_PROPERTY */
export async function readVnnlib(file: string): Promise<VnnlibProperty> {
  const found = await access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
  if (!found)
    throw new UserError('FILE_NOT_FOUND', {
      where: file,
      problem: 'no such file',
      hint: await hintFor(file),
    });
  return parseVnnlib(decoded(await readBytes(file), file), file);
}

/** Tools add and take off ".gz" as they please. */
async function hintFor(file: string): Promise<string> {
  const other = file.endsWith('.gz') ? file.slice(0, -3) : `${file}.gz`;
  return access(other).then(
    () => `did you mean ${other}?`,
    () => 'paths start from the working directory',
  );
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const details = {
      where: file,
      problem: 'not UTF-8 text',
      hint: 'a property is a .vnnlib or .vnnlib.gz file',
    };
    throw new UserError('FILE_UNREADABLE', details, { cause: error });
  }
}
