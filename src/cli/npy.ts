// NumPy's array file, written: version 1.0, little-endian, row-major.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
const alignment = 64;

export function encodeNpy(
  data: Float32Array | Float64Array | Int32Array,
  shape: readonly number[],
): Uint8Array {
  const descr = `<${data instanceof Int32Array ? 'i' : 'f'}${data.BYTES_PER_ELEMENT}`;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const unpadded = 10 + dictionary.length + 1;
  const padding = ' '.repeat((alignment - (unpadded % alignment)) % alignment);
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${dictionary}${padding}\n`, 'latin1');
  header.writeUInt16LE(header.length - 10, 8);
  return Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}
