// Which parts of a data file are the rows and which their labels: guessed by shape first, then by name.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sizeOf } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { formatOf } from '../../policy/data/format.js';
import { show } from '../../policy/suggest.js';
import { plural } from '../../report/words.js';
import { arraysOf, columnsOf, isWhole, type StoredArray } from './arrays.js';

export type Parts = {
  /** As the policy is to name them; undefined where there is nothing to name. */
  readonly inputs: string | readonly string[] | undefined;
  readonly labels: string | undefined;
  /** Comments for the policy: what was chosen, and what else there is. */
  readonly comments: readonly string[];
};

export type Wanted = {
  /** Elements of one input of the model. */
  readonly size: number;
  /** What the user has named. */
  readonly inputs: readonly string[] | undefined;
  readonly labels: string | undefined;
};

const inputWords = ['x', 'input', 'inputs', 'image', 'images', 'img', 'imgs', 'data', 'features', 'samples'];
const labelWords = ['y', 'label', 'labels', 'class', 'classes', 'target', 'targets', 'species', 'category'];
/** Data that the model was not trained on says more. */
const goodWords = ['test', 'val', 'valid', 'validation', 'eval'];

/** @param file an existing file or folder */
export async function partsOf(file: string, wanted: Wanted): Promise<Parts> {
  const named = wanted.inputs?.length === 1 ? wanted.inputs[0] : wanted.inputs;
  switch (formatOf(file)) {
    case 'npz':
      return ofArchive(file, await arraysOf(file), wanted);
    case 'csv':
      return ofTable(await columnsOf(file), wanted);
    case 'npy':
    case 'idx':
      return { inputs: named, ...besides(file, wanted.labels) };
    case undefined:
      return { inputs: named, labels: wanted.labels, comments: [] };
  }
}

function ofArchive(file: string, arrays: readonly StoredArray[], { size, ...named }: Wanted): Parts {
  const inputs = named.inputs?.[0] ?? best(arrays.filter(fits(size)), inputWords)?.name;
  if (inputs === undefined) throw nothingFits(file, arrays, size);
  const chosen = arrays.find(({ name }) => name === inputs);
  const labels =
    named.labels ??
    best(
      arrays.filter((array) => array !== chosen && isLabels(array, chosen)),
      labelWords,
      similarTo(inputs),
    )?.name;
  return { inputs, labels, comments: [`the file holds ${arrays.map(arrayWords).join(', ')}`] };
}

const fits =
  (size: number) =>
  ({ shape }: StoredArray): boolean =>
    shape.length >= 2 && (shape[0] ?? 0) > 0 && sizeOf(shape.slice(1)) === size;

/** One number a row; floats only where the name says labels, as their values are checked when they are read. */
const isLabels = ({ name, shape, code }: StoredArray, inputs: StoredArray | undefined): boolean =>
  shape.length >= 1 &&
  shape[0] === inputs?.shape[0] &&
  sizeOf(shape.slice(1)) === 1 &&
  (isWhole(code) || wordsOf(name).some((word) => labelWords.includes(word)));

/** The one whose name says most; the first of equals. */
function best(
  arrays: readonly StoredArray[],
  words: readonly string[],
  more: (name: string) => number = () => 0,
): StoredArray | undefined {
  const score = ({ name }: StoredArray): number => {
    const parts = wordsOf(name);
    const says = (list: readonly string[]) => (parts.some((part) => list.includes(part)) ? 1 : 0);
    return 4 * says(words) + 2 * says(goodWords) + more(name);
  };
  return arrays.reduce<StoredArray | undefined>(
    (found, array) => (found === undefined || score(array) > score(found) ? array : found),
    undefined,
  );
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

/** `test_labels` goes with `test_images`, not `train_labels`. */
const similarTo = (inputs: string) => {
  const given = wordsOf(inputs);
  return (name: string): number => 8 * wordsOf(name).filter((word) => given.includes(word)).length;
};

const arrayWords = ({ name, shape, code }: StoredArray): string =>
  `${show(name)} [${shape.join(', ')}] of type ${code}`;

function nothingFits(file: string, arrays: readonly StoredArray[], size: number): UserError {
  const found = arrays.length === 0 ? 'it holds none' : `it holds ${arrays.map(arrayWords).join(', ')}`;
  return new UserError('INVALID_DATA', {
    where: file,
    problem: `no array has rows of ${plural(size, 'element')}, as the model takes; ${found}`,
    hint: 'name an array with --inputs, or give another file',
  });
}

function ofTable(columns: readonly Column[], { size, ...named }: Wanted): Parts {
  const numeric = columns.filter((column) => column.numeric);
  const labels = named.labels ?? labelColumn(numeric, size);
  const rest = numeric.filter(({ name }) => name !== labels).map(({ name }) => name);
  const left = columns.filter((column) => !column.numeric).map(({ name }) => name);
  const inputs =
    named.inputs ?? (rest.length < columns.length - (labels === undefined ? 0 : 1) ? rest : undefined);
  const comments =
    left.length > 0 ? [`columns without numbers: ${left.map((name) => show(name)).join(', ')}`] : [];
  return { inputs, labels, comments };
}

type Column = Awaited<ReturnType<typeof columnsOf>>[number];

/** Where there is one column more than the model takes. */
function labelColumn(columns: readonly Column[], size: number): string | undefined {
  if (columns.length !== size + 1) return undefined;
  const candidates = columns.filter(({ whole }) => whole);
  const named = candidates.find(({ name }) => wordsOf(name).some((word) => labelWords.includes(word)));
  return (named ?? candidates.find(({ name }) => name === columns.at(-1)?.name))?.name;
}

/** Labels of an .npy or IDX file lie in a second file, whose name differs in one word. */
function besides(file: string, given: string | undefined): Omit<Parts, 'inputs'> {
  if (given !== undefined) return { labels: given, comments: [] };
  const name = basename(file);
  const candidates = [
    ...inputWords.flatMap((from) => labelWords.map((to) => replaced(name, from, to))),
    ...['images', 'image'].map((from) => replaced(name, from, 'labels')?.replace('idx3', 'idx1')),
  ].flatMap((candidate) => candidate ?? []);
  const found = candidates.find(
    (candidate) => candidate !== name && existsSync(join(dirname(file), candidate)),
  );
  if (found === undefined) return { labels: undefined, comments: [] };
  return { labels: join(dirname(file), found), comments: [`${found} lies beside it`] };
}

/** Undefined where the word is not in the name. */
function replaced(name: string, from: string, to: string): string | undefined {
  const result = name.replace(new RegExp(`(^|[^a-zA-Z])${from}(?=[^a-zA-Z]|$)`), `$1${to}`);
  return result === name ? undefined : result;
}
