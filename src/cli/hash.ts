// Hashes of files and folders, so that a report says exactly what it is about.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** Of one path as below; of several files what `cat a b | sha256sum` gives. */
export function sha256OfPaths(paths: readonly string[]): string {
  const [only, ...others] = paths;
  if (only !== undefined && others.length === 0) return sha256OfPath(only);
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex');
}

/** Of a file's content; of a folder, the hash over `name NUL hash` of every file in it, in the order of their names. */
export function sha256OfPath(path: string): string {
  if (!statSync(path).isDirectory()) return sha256(readFileSync(path));
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort();
  return sha256(
    files
      .map((file) => `${relative(path, file).split(sep).join('/')}\0${sha256(readFileSync(file))}\n`)
      .join(''),
  );
}
