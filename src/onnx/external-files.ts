// Opens the files beside a model: regular files whose real path, all links followed, is inside the model's folder.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { invalid } from './errors.js';
import { fileError } from './file-errors.js';

export type ExternalFiles = {
  read(location: string): Uint8Array;
  /** Contents of all files read so far, in the order of their names. */
  contents(): Uint8Array[];
};

/** @param model path of the model, whose folder is the only one read from */
export function externalFiles(model: string): ExternalFiles {
  const files = new Map<string, Uint8Array>();
  return {
    read: (location) => {
      const name = normalize(location);
      const known = files.get(name) ?? readInside(model, name);
      files.set(name, known);
      return known;
    },
    contents: () => [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => bytes),
  };
}

function readInside(model: string, name: string): Uint8Array {
  const where = `${model}: external data "${name}"`;
  try {
    const folder = realpathSync(dirname(model));
    const path = realpathSync(join(folder, name));
    if (escapes(relative(folder, path))) {
      throw invalid(where, "leads out of the model's folder", "copy the data file into the model's folder");
    }
    // Pipes and devices would block or never end.
    if (!statSync(path).isFile()) throw invalid(where, 'is not a regular file');
    return readFileSync(path);
  } catch (thrown) {
    throw fileError(
      where,
      thrown,
      "put the model's data files beside it, under the names they were made with",
    );
  }
}

const escapes = (path: string): boolean => path === '..' || path.startsWith(`..${sep}`);
