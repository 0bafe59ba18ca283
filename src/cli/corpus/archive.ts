// `corpus.npz`: a corpus as arrays that NumPy reads, and back. The arrays are believed only where they fit together.

import type { NumericDType } from '../../base/dtype.js';
import { rowLength, type Shape, sizeOf } from '../../base/shape.js';
import { hasDType, type Tensor } from '../../base/tensor.js';
import { decodeNpy } from '../../policy/data/npy.js';
import { listZip, readEntry } from '../../policy/data/zip.js';
import { encodeNpy } from '../npy.js';
import { writeNpz } from '../npz.js';
import type { CorpusEntry } from './entry.js';
import { damagedCorpus } from './manifest.js';

/** @param mutators what `by` is a position in; has every name that occurs */
export function encodeArchive(
  entries: readonly CorpusEntry[],
  shape: Shape,
  mutators: readonly string[],
): Uint8Array {
  const count = entries.length;
  const size = sizeOf(shape);
  const inputs = new Float32Array(count * size);
  entries.forEach(({ input }, at) => {
    inputs.set(input, at * size);
  });
  const numbers = new Map(mutators.map((name, at) => [name, at]));
  const column = (value: (entry: CorpusEntry) => number) =>
    encodeNpy(Int32Array.from(entries, value), [count]);
  const parameters = Float64Array.from(entries.flatMap(({ lineage }) => [...lineage.parameters]));
  return writeNpz({
    inputs: encodeNpy(inputs, [count, ...shape]),
    rows: column(({ row }) => row),
    seeds: column(({ seed }) => seed),
    parents: column(({ lineage }) => lineage.parent),
    partners: column(({ lineage }) => lineage.partner ?? -1),
    by: column(({ lineage }) => numbers.get(lineage.by) ?? -1),
    parameters: encodeNpy(parameters, [parameters.length]),
    offsets: encodeNpy(offsetsOf(entries), [count + 1]),
    executions: encodeNpy(
      Float64Array.from(entries, ({ lineage }) => lineage.executions),
      [count],
    ),
  });
}

/** Parameters of entry i are those from offsets[i] up to offsets[i + 1]. */
function offsetsOf(entries: readonly CorpusEntry[]): Int32Array {
  const offsets = new Int32Array(entries.length + 1);
  entries.forEach(({ lineage }, at) => {
    offsets[at + 1] = (offsets[at] ?? 0) + lineage.parameters.length;
  });
  return offsets;
}

type Archive = ReadonlyMap<string, Tensor<NumericDType>>;

/** Names and arrays of any .npz. @throws UserError INVALID_DATA */
export function readArrays(bytes: Buffer, file: string): Archive {
  return new Map(
    listZip(bytes, file).map((entry) => {
      const name = entry.name.replace(/\.npy$/, '');
      return [name, decodeNpy(readEntry(bytes, entry, file), `${file}: array "${name}"`)];
    }),
  );
}

/** @throws UserError INVALID_DATA or INVALID_CORPUS where the file is no corpus of such inputs */
export function decodeArchive(
  bytes: Buffer,
  shape: Shape,
  mutators: readonly string[],
  file: string,
): CorpusEntry[] {
  const arrays = readArrays(bytes, file);
  const inputs = typed(arrays, 'inputs', 'float32', file);
  const count = inputs.shape[0] ?? 0;
  if (inputs.shape.slice(1).join() !== shape.join())
    throw damagedCorpus(
      file,
      `array "inputs" has shape [${inputs.shape.join(', ')}], not [n, ${shape.join(', ')}]`,
    );
  const column = (name: string) => sized(typed(arrays, name, 'int32', file), count, name, file);
  const [rows, seeds, parents, by] = [column('rows'), column('seeds'), column('parents'), column('by')];
  // Archives of before have none.
  const partners = arrays.has('partners') ? column('partners') : parents.map(() => -1);
  const executions = sized(typed(arrays, 'executions', 'float64', file), count, 'executions', file);
  const parameters = typed(arrays, 'parameters', 'float64', file).data;
  const offsets = sized(typed(arrays, 'offsets', 'int32', file), count + 1, 'offsets', file);
  const size = rowLength(inputs.shape);
  return Array.from({ length: count }, (_, at) => {
    const [from, to] = [offsets[at] ?? -1, offsets[at + 1] ?? -1];
    const [parent, partner, name] = [parents[at] ?? 0, partners[at] ?? 0, mutators[by[at] ?? -1]];
    const whole = name !== undefined && Math.min(parent, partner) >= -1 && Math.max(parent, partner) < at;
    if (!whole || from < 0 || to < from || to > parameters.length)
      throw damagedCorpus(file, `entry ${at} contradicts the rest`);
    return {
      input: inputs.data.subarray(at * size, (at + 1) * size),
      seed: seeds[at] ?? -1,
      row: rows[at] ?? -1,
      lineage: {
        parent,
        ...(partner >= 0 && { partner }),
        by: name,
        parameters: Array.from(parameters.subarray(from, to)),
        executions: executions[at] ?? 0,
      },
    };
  });
}

function typed<D extends NumericDType>(arrays: Archive, name: string, dtype: D, file: string): Tensor<D> {
  const found = arrays.get(name);
  if (found !== undefined && hasDType(found, dtype)) return found;
  throw damagedCorpus(
    file,
    found === undefined ? `has no array "${name}"` : `array "${name}" is ${found.dtype}, not ${dtype}`,
  );
}

function sized<D extends 'int32' | 'float64'>(
  { shape, data }: Tensor<D>,
  length: number,
  name: string,
  file: string,
): Tensor<D>['data'] {
  if (shape.length === 1 && shape[0] === length) return data;
  throw damagedCorpus(file, `array "${name}" has shape [${shape.join(', ')}], not [${length}]`);
}
