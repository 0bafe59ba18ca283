// DataRef -> Dataset: which format reads which file.
import { extname } from 'node:path';
import type { Dataset } from '../dataset.js';
import type { DataRef } from '../policy.js';
import { readCsv } from './csv.js';
import { kindOf, readBytes } from './files.js';
import { toDataset } from './finish.js';
import { readFolder } from './folder.js';
import { decodeNpy } from './npy.js';
import { readNpz } from './npz.js';
import { invalid, type Raw } from './raw.js';

type Format = (bytes: Buffer, ref: DataRef) => Raw;

/** By the extension of the file, in lower case. */
const formats: Record<string, Format> = { '.npz': readNpz, '.npy': readNpy, '.csv': readCsv };

/**
 * Reads the file, or the images of the folder, that a policy names.
 * @throws UserError FILE_NOT_FOUND, FILE_UNREADABLE or INVALID_DATA
 */
export async function loadDataset(ref: DataRef): Promise<Dataset> {
  if ((await kindOf(ref)) === 'folder') return toDataset(ref, await readFolder(ref));
  const format = formats[extname(ref.file).toLowerCase()];
  if (format === undefined) {
    const known = Object.keys(formats).join(', ');
    throw invalid(ref.file, `unknown kind of data; known are ${known} and folders of PNG images`);
  }
  return toDataset(ref, format(await readBytes(ref.file), ref));
}

/** One array, so inputs without labels. */
function readNpy(bytes: Buffer, { file, inputs, labels }: DataRef): Raw {
  if (inputs !== undefined || labels !== undefined) {
    const hint = 'leave out "inputs" and "labels", or save both arrays with numpy.savez';
    throw invalid(file, 'an .npy file holds one array without a name', hint);
  }
  return { inputs: { values: decodeNpy(bytes, file), where: file }, labels: undefined };
}
