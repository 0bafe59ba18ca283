// IDX, the format of MNIST and its relatives: a type, the sizes of the axes, the elements, all of them big-endian.
// http://yann.lecun.com/exdb/mnist/, "The IDX file format".
import type { NumericDType } from '../../base/dtype.js';
import type { Tensor } from '../../base/tensor.js';
import { elementsOf } from './elements.js';
import { invalid } from './raw.js';

/** The third byte. */
const types: Record<number, NumericDType> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

export function decodeIdx(bytes: Buffer, where: string): Tensor<NumericDType> {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0) {
    const found = bytes.subarray(0, 4).toString('hex') || 'nothing';
    const hint = 'download it again; arrays of other formats are named .npy, .npz or .csv';
    throw invalid(where, `not an IDX file: it begins with ${found}, not with two bytes of 0`, hint);
  }
  const dtype = types[bytes.readUInt8(2)];
  if (dtype === undefined) {
    const known = Object.entries(types).map(([code, name]) => `${code} (${name})`);
    throw invalid(where, `element type ${bytes.readUInt8(2)}; IDX has ${known.join(', ')}`);
  }
  const rank = bytes.readUInt8(3);
  const dataOffset = 4 + 4 * rank;
  if (rank === 0) throw invalid(where, 'an IDX file without axes', 'write rows along the first axis');
  if (dataOffset > bytes.length) throw invalid(where, 'the file ends within the sizes of its axes');
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  return { dtype, shape, data: elementsOf(bytes, { dtype, shape, dataOffset, bigEndian: true }, where) };
}
