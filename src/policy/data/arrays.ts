// .npy and IDX: one array a file, so inputs and labels are two files.
import type { NumericDType } from '../../base/dtype.js';
import type { Tensor } from '../../base/tensor.js';
import type { DataRef } from '../policy.js';
import { kindOf, readBytes } from './files.js';
import { formatOf, isOneArray } from './format.js';
import { decodeIdx } from './idx.js';
import { decodeNpy } from './npy.js';
import { invalid, type Raw, type Stored } from './raw.js';

const decoders: Record<'npy' | 'idx', (bytes: Buffer, where: string) => Tensor<NumericDType>> = {
  npy: decodeNpy,
  idx: decodeIdx,
};

export async function readArrays(ref: DataRef): Promise<Raw> {
  if (ref.inputs !== undefined) {
    const hint = 'leave out "inputs"; an .npz file, of numpy.savez, holds several arrays with names';
    throw invalid(ref.file, 'the file holds one array without a name', hint);
  }
  const inputs = await stored(ref, ref.file);
  return { inputs, labels: ref.labels === undefined ? undefined : await stored(ref, ref.labels) };
}

async function stored(ref: DataRef, file: string): Promise<Stored> {
  const format = formatOf(file);
  if (!isOneArray(format)) {
    const hint = `"labels" of ${ref.file} is the path of a file that holds the labels alone`;
    throw invalid(file, 'not the name of an .npy or IDX file', hint);
  }
  if ((await kindOf({ ...ref, file })) === 'folder') throw invalid(file, 'a folder, not a file');
  return { values: decoders[format](await readBytes(file), file), where: file };
}
