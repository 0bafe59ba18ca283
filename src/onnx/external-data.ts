// Tensors whose bytes lie in a file beside the model. Here: which bytes of which file, and that the
// path has no way out of the folder as written. That no link leads out is checked where files are opened.
import { invalid } from './errors.js';
import type { TensorProto } from './proto.js';

/** Where a model comes from. */
export type Source = {
  /** Name for error messages. */
  readonly file: string;
  /** The whole content of a file in the model's folder; absent where there is no folder. */
  readonly readExternal?: (location: string) => Uint8Array;
};

/** The `expected` bytes of a tensor, as a view of its external file. */
export function externalBytes(
  proto: TensorProto,
  expected: number,
  where: string,
  source: Source,
): Uint8Array {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = safeLocation(entries.get('location'), where);
  const offset = decimal(entries.get('offset') ?? '0', 'offset', where);
  const length = decimal(entries.get('length') ?? String(expected), 'length', where);
  if (length !== expected) {
    throw invalid(where, `external data is ${length} bytes long where type and dims need ${expected}`);
  }
  if (source.readExternal === undefined) {
    const hint = 'give the path of the model, not its bytes';
    throw invalid(where, `its data lies in "${location}", but the model was not read from a folder`, hint);
  }
  const bytes = source.readExternal(location);
  if (offset + length > bytes.length) {
    const hint = 'the data file may be truncated, or belong to another model';
    const problem = `needs bytes ${offset} to ${offset + length} of "${location}", which has ${bytes.length}`;
    throw invalid(where, problem, hint);
  }
  return bytes.subarray(offset, offset + length);
}

/** Refuses what is absolute, on any system, or climbs: the file that is read must be the model's own. */
function safeLocation(location: string | undefined, where: string): string {
  if (location === undefined || location === '') throw invalid(where, 'external data without a location');
  const climbs = location.split(/[/\\]/).includes('..');
  const absolute = /^(?:[/\\]|[a-z]:)/i.test(location);
  if (climbs || absolute || location.includes('\0')) {
    const hint = "external data must lie in the model's own folder; do not trust this file";
    throw invalid(where, `external data at ${JSON.stringify(location)}, outside the model's folder`, hint);
  }
  return location;
}

function decimal(text: string, key: string, where: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw invalid(where, `external data with ${key} ${JSON.stringify(text)}, which is no count of bytes`);
  }
  return Number(text);
}
