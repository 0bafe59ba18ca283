// A corpus as the commands take it: a folder, or an .npz file of inputs with nothing else known of them.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rowLength } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { seedLineage } from '../../fuzz/corpus.js';
import { list } from '../../policy/suggest.js';
import { unreadable } from '../file-errors.js';
import { readFileBytes } from '../files.js';
import { readArrays } from './archive.js';
import type { CorpusEntry } from './entry.js';
import { loadCorpus } from './load.js';
import { corpusSchemaVersion, type Manifest } from './manifest.js';

export type CorpusSource = {
  readonly manifest: Manifest;
  readonly entries: readonly CorpusEntry[];
  readonly notes: readonly string[];
};

/** @throws UserError where there is no corpus, or none that can be believed */
export const readCorpus = (path: string): CorpusSource =>
  isFolder(path) ? loadCorpus(path) : fromArrays(path);

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The array `inputs`, and `rows` where there are as many: what "marauder check" writes. */
function fromArrays(file: string): CorpusSource {
  const arrays = readArrays(readFileBytes(file), file);
  const inputs = arrays.get('inputs');
  const rows = arrays.get('rows')?.data;
  if (inputs === undefined || inputs.dtype !== 'float32' || inputs.shape.length < 2) {
    const found = [...arrays].map(([name, { dtype, shape }]) => `${name} (${dtype} [${shape.join(', ')}])`);
    throw new UserError('INVALID_DATA', {
      where: file,
      problem: `no array "inputs" of float32 rows; it holds ${list(found) || 'nothing'}`,
      hint: 'give a corpus folder, or an .npz file that "marauder check" wrote below .marauder/corpus',
    });
  }
  const size = rowLength(inputs.shape);
  const data = inputs.data as Float32Array;
  const entries = Array.from({ length: inputs.shape[0] ?? 0 }, (_, at) => ({
    input: data.subarray(at * size, (at + 1) * size),
    seed: -1,
    row: Number(rows?.[at] ?? -1),
    lineage: seedLineage,
  }));
  return { manifest: unknownOrigin(inputs.shape.slice(1)), entries, notes: [] };
}

const unknownOrigin = (shape: readonly number[]): Manifest => ({
  schemaVersion: corpusSchemaVersion,
  models: [],
  shape,
  objectives: [],
  seed: 0,
  seedsSha256: null,
  mutators: [],
  executions: 0,
  runs: 0,
});

/** @throws UserError where a corpus is to be written but something is there already */
export function requireNoCorpus(folder: string): void {
  if (!existsSync(join(folder, 'corpus.json')) && !existsSync(join(folder, 'corpus.npz'))) return;
  throw new UserError('FILE_UNWRITABLE', {
    where: folder,
    problem: 'holds a corpus already, which would be lost',
    hint: 'name another folder with --output',
  });
}
