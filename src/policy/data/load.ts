// DataRef -> Dataset: which format reads which file.
import type { Dataset } from '../dataset.js';
import type { DataRef } from '../policy.js';
import { readArrays } from './arrays.js';
import { readCsv } from './csv.js';
import { kindOf, readBytes } from './files.js';
import { toDataset } from './finish.js';
import { readFolder } from './folder.js';
import { type Format, formatOf } from './format.js';
import { readNpz } from './npz.js';
import { invalid, type Raw } from './raw.js';

type Reader = (ref: DataRef) => Promise<Raw>;

const readers: Record<Format, Reader> = {
  npz: async (ref) => readNpz(await readBytes(ref.file), ref),
  npy: readArrays,
  csv: async (ref) => readCsv(await readBytes(ref.file), ref),
  idx: readArrays,
};

/**
 * Reads the files, or the images of the folder, that a policy names.
 * @throws UserError FILE_NOT_FOUND, FILE_UNREADABLE or INVALID_DATA
 */
export async function loadDataset(ref: DataRef): Promise<Dataset> {
  if ((await kindOf(ref)) === 'folder') return toDataset(ref, await readFolder(ref));
  const format = formatOf(ref.file);
  if (format !== undefined) return toDataset(ref, await readers[format](ref));
  const known = '.npz, .npy, .csv and IDX files (as "images-idx3-ubyte" or ".idx"), each also as .gz';
  throw invalid(ref.file, `unknown kind of data; known are ${known}, and folders of PNG or JPEG images`);
}
