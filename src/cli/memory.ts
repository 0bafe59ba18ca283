// Sizes of memory on the command line.
import { usageError } from './values.js';

/** What bounds are computed under, unless `--memory` says otherwise: 2 GiB. */
export const defaultMemoryBytes = 2 * 1024 ** 3;

const units: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Below this not even the smallest networks have room. */
const least = 2 ** 20;

/** `512MiB`, `1.5GiB`; undefined where the option is not given. */
export function readBytes(command: string, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([KMG]i?B|B)$/.exec(text) ?? [];
  const size = Math.floor(Number(digits) * (units[unit] ?? Number.NaN));
  if (size >= least && size <= Number.MAX_SAFE_INTEGER) return size;
  const hint = `give a size with its unit (${Object.keys(units).join(', ')}), at least 1MiB, such as 512MiB or 2GiB`;
  throw usageError(command, `--${name} cannot be ${JSON.stringify(text)}`, hint);
}
