// .npz: a ZIP archive of .npy arrays, as numpy.savez writes it.
import type { DataRef } from '../policy.js';
import { list, show, suggest } from '../suggest.js';
import { decodeNpy } from './npy.js';
import { invalid, type Raw, type Stored } from './raw.js';
import { listZip, readEntry, type ZipEntry } from './zip.js';

export function readNpz(bytes: Buffer, { file, inputs, labels }: DataRef): Raw {
  const entries = new Map(listZip(bytes, file).map((entry) => [entry.name.replace(/\.npy$/, ''), entry]));
  const name = inputsName(entries, inputs, labels, file);
  const stored = (array: string): Stored => {
    const entry = entries.get(array);
    if (entry === undefined) throw noArray(array, entries, file);
    const where = `${file}: array ${show(array)}`;
    return { values: decodeNpy(readEntry(bytes, entry, file), where), where };
  };
  return { inputs: stored(name), labels: labels === undefined ? undefined : stored(labels) };
}

/** The array that the policy names, or the only one that is not the labels. */
function inputsName(
  entries: ReadonlyMap<string, ZipEntry>,
  inputs: readonly string[] | undefined,
  labels: string | undefined,
  file: string,
): string {
  const [first, second] = inputs ?? [...entries.keys()].filter((name) => name !== labels);
  if (first !== undefined && second === undefined) return first;
  const found =
    entries.size === 0 ? 'the archive holds no array' : `its arrays are ${list([...entries.keys()])}`;
  const problem = inputs ? 'several arrays are named as inputs' : 'which array holds the inputs?';
  throw invalid(file, `${problem} (${found})`, 'name one array with "inputs" in the data set');
}

function noArray(name: string, entries: ReadonlyMap<string, ZipEntry>, file: string) {
  const names = [...entries.keys()];
  return invalid(file, `no array ${show(name)}${suggest(name, names, 'it holds')}`);
}
