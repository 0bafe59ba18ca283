// What a file is before it is a model: compressed, or something else altogether that was saved under its name.
import { invalid } from './errors.js';
import { inflate, isGzip } from './gzip.js';

type LookAlike = {
  readonly at: number;
  readonly magic: string;
  readonly what: string;
  readonly hint: string;
};

const download = 'download the file itself: on a web page, use the link named "raw" or "download"';
const exportIt = 'convert it to ONNX with the tool that made it';

/** First bytes of files that users have been given in place of a model; letters in lower case. */
const lookAlikes: readonly LookAlike[] = [
  {
    at: 0,
    magic: 'version https://git-lfs',
    what: 'a Git LFS pointer, not the model itself',
    hint: 'fetch the model with "git lfs pull"',
  },
  { at: 0, magic: '<!doctype', what: 'an HTML page', hint: download },
  { at: 0, magic: '<html', what: 'an HTML page', hint: download },
  { at: 0, magic: '<?xml', what: 'an XML file', hint: download },
  { at: 0, magic: '{"', what: 'a JSON file', hint: download },
  { at: 0, magic: 'pk\x03\x04', what: 'a zip archive (perhaps a PyTorch or Keras model)', hint: exportIt },
  { at: 0, magic: '\x80\x02', what: 'a Python pickle (perhaps a PyTorch model)', hint: exportIt },
  { at: 0, magic: '\x89hdf', what: 'an HDF5 file (perhaps a Keras model)', hint: exportIt },
  { at: 4, magic: 'tfl3', what: 'a TensorFlow Lite model', hint: exportIt },
  {
    at: 4,
    magic: 'ortm',
    what: 'a model in the ORT format',
    hint: 'use the ONNX file that it was made from',
  },
];

const headOf = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes.subarray(0, 64))
    .replace(/^(\xef\xbb\xbf)?\s+/, '')
    .toLowerCase();

/** The protobuf bytes in a file: decompressed where it is compressed, refused where it is plainly no model. */
export function unwrap(bytes: Uint8Array, file: string): Uint8Array {
  const plain = isGzip(bytes) ? inflate(bytes, file) : bytes;
  if (plain.length === 0) throw invalid(file, 'the file is empty', 'download or export the model again');
  const head = headOf(plain);
  const found = lookAlikes.find(({ at, magic }) => head.startsWith(magic, at));
  if (found !== undefined) throw invalid(file, `this is ${found.what}`, found.hint);
  return plain;
}
