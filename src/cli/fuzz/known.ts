// Findings that earlier runs left on disk.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { joined } from '../../base/tensor.js';
import { UserError } from '../../base/user-error.js';
import { parseFinding } from '../../findings/finding-schema.js';
import type { Witness } from '../../findings/verdict.js';
import { earlierFinding, type Given } from '../../fuzz/seed-visits.js';
import { decodeNpy } from '../../policy/data/npy.js';
import { readFileBytes, readTextFile } from '../files.js';
import { foldersBelow } from '../findings/find.js';
import type { Campaign } from './campaign.js';

export type KnownFinding = {
  readonly input: Float32Array;
  /** Position of its seed. */
  readonly seed: number;
  readonly witness: Witness;
};

/** Those of the campaign's properties whose rows are among its seeds; what cannot be read is left alone. */
export function knownFindings(
  { subject, objectives, target }: Campaign,
  folder: string,
  cwd: string,
): KnownFinding[] {
  const names = new Set([subject, ...objectives.values()].map(({ property }) => property.name));
  return [...names].flatMap((name) => {
    const path = resolve(cwd, folder, 'findings', name);
    return existsSync(path)
      ? foldersBelow(path).flatMap((found) => read(found, cwd, folder, target) ?? [])
      : [];
  });
}

function read(
  path: string,
  cwd: string,
  folder: string,
  { set }: Campaign['target'],
): KnownFinding | undefined {
  try {
    const finding = parseFinding(readTextFile(join(path, 'finding.json')), path);
    const file = join(path, finding.input);
    const { dtype, data } = decodeNpy(readFileBytes(file), file);
    const seed = finding.row === null ? (set.lower.shape[0] === 1 ? 0 : -1) : set.rowOf.indexOf(finding.row);
    if (dtype !== 'float32' || data.length !== set.size || seed < 0 || finding.minimizedFrom !== null)
      return undefined;
    const { foundBy, executions, row, distances, margin, summary } = finding;
    const shown = join(folder, path.slice(resolve(cwd, folder).length + 1));
    const linfDistance = distances?.linf ?? null;
    const witness = { finding: shown, foundBy, executions, row, linfDistance, margin, summary };
    return { input: data as Float32Array, seed, witness };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** As the fuzzer takes them. */
export const givenOf = (known: readonly KnownFinding[]): Given => ({
  inputs: joined(known.map(({ input }) => input)),
  seeds: Int32Array.from(known, ({ seed }) => seed),
  lineage: { parent: -1, by: earlierFinding, parameters: [], executions: 0 },
});
