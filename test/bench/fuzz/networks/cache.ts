// Files that are dear to make and the same every time, kept outside of the repository under a hash of all that they depend on.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The bytes of `file` in `folder`; made and written first where they are not there. Never half-written. */
export async function cachedFile(
  folder: string,
  file: string,
  make: () => Promise<Uint8Array>,
): Promise<{ readonly path: string; readonly bytes: Uint8Array; readonly fresh: boolean }> {
  const path = join(folder, file);
  if (existsSync(path)) return { path, bytes: readFileSync(path), fresh: false };
  const bytes = await make();
  mkdirSync(dirname(path), { recursive: true });
  // Two processes may make the same file: each has its own until it is whole.
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, path);
  return { path, bytes, fresh: true };
}

/** A hash of texts and of all files below folders, by name and content. */
export function hashOf(texts: readonly string[], folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
    for (const file of files) hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}
