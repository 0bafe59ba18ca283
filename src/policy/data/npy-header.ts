// The header of NumPy's .npy format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { show } from '../suggest.js';
import { invalid } from './raw.js';

export type NpyHeader = {
  /** Such as "<f4". */
  readonly descr: string;
  /** First axis fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Offset of the first element. */
  readonly dataOffset: number;
};

const MAGIC = '\x93NUMPY';
/** The first bytes of a version: its header's length takes two bytes, or four. */
const lengthBytes: Record<string, 2 | 4> = { '1.0': 2, '2.0': 4, '3.0': 4 };

export function readNpyHeader(bytes: Buffer, where: string): NpyHeader {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw invalid(
      where,
      'not a NumPy array: it does not begin with "\\x93NUMPY"',
      'write it with numpy.save',
    );
  }
  const version = `${bytes[6]}.${bytes[7]}`;
  const width = lengthBytes[version];
  if (width === undefined) throw invalid(where, `.npy version ${version}; 1.0, 2.0 and 3.0 can be read`);
  const textOffset = 8 + width;
  const length = bytes.length < textOffset ? Number.POSITIVE_INFINITY : bytes.readUIntLE(8, width);
  const dataOffset = textOffset + length;
  if (dataOffset > bytes.length) throw invalid(where, 'the file ends within the header of the array');
  return { ...parseDict(bytes.toString('latin1', textOffset, dataOffset), where), dataOffset };
}

const number = String.raw`\d{1,15}L?`;
/** The literals that numpy writes for the three keys; other Python is not run or guessed at. */
const literals = {
  descr: /'([^'\\]*)'/,
  fortran_order: /(True|False)/,
  shape: new RegExp(String.raw`\(\s*((?:${number}\s*,\s*)*(?:${number})?)\s*,?\s*\)`),
} as const;

function parseDict(text: string, where: string): Omit<NpyHeader, 'dataOffset'> {
  const refused = (what: string) =>
    invalid(where, `the header of the array ${what}: ${show(text.trim())}`, 'write the file with numpy.save');
  let rest = text.trim();
  const take = (key: keyof typeof literals): string => {
    const match = new RegExp(`'${key}'\\s*:\\s*${literals[key].source}\\s*,?`).exec(rest);
    if (match === null) throw refused(`has no valid "${key}"`);
    rest = rest.replace(match[0], '');
    return match[1] ?? '';
  };
  // A structured type is a list: "descr" then has no literal of ours.
  if (/'descr'\s*:\s*\[/.test(rest))
    throw invalid(where, 'an array of records', 'save a plain numeric array');
  const descr = take('descr');
  const fortranOrder = take('fortran_order') === 'True';
  const shape = take('shape')
    .split(',')
    .map((dim) => dim.trim())
    .filter((dim) => dim !== '');
  if (!/^\{\s*\}$/.test(rest)) throw refused('has more than "descr", "fortran_order" and "shape"');
  return { descr, fortranOrder, shape: shape.map((dim) => Number(dim.replace('L', ''))) };
}
