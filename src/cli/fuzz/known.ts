// Findings that earlier runs left on disk.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { joined } from '../../base/tensor.js';
import type { Finding } from '../../findings/finding.js';
import type { SavedWitness } from '../../findings/verdict.js';
import { earlierFinding, type Given } from '../../fuzz/seed-visits.js';
import { decodeNpy } from '../../policy/data/npy.js';
import { readFileBytes } from '../files.js';
import { haveSameModels } from '../findings/about.js';
import { foldersBelow } from '../findings/find.js';
import { findingIn, unlessBroken } from '../findings/read.js';
import { isAllowed } from './allowed.js';
import type { Campaign } from './campaign.js';

export type KnownFinding = {
  /** What it is a finding of: its input may be one of others too. */
  readonly objective: string;
  readonly input: Float32Array;
  /** Position of its seed. */
  readonly seed: number;
  readonly witness: SavedWitness;
};

/** Those of the campaign's models and properties, within its limits, whose rows are among its seeds; all others are left alone. */
export function knownFindings(campaign: Campaign, folder: string, cwd: string): KnownFinding[] {
  const { subject, objectives } = campaign;
  const subjects = [...new Set([subject, ...objectives.values()])];
  const names = new Set(subjects.map(({ property }) => property.name));
  return [...names].flatMap((name) => {
    const path = resolve(cwd, folder, 'findings', name);
    if (!existsSync(path)) return [];
    const own = subjects.filter(({ property }) => property.name === name);
    return foldersBelow(path).flatMap((found) => {
      const finding = findingIn(found);
      const isOwn = own.some(
        ({ models }) => finding && haveSameModels({ ...finding, folder: found }, { models, folder: cwd }),
      );
      if (finding === undefined || !isOwn) return [];
      const shown = join(folder, found.slice(resolve(cwd, folder).length + 1));
      return known(finding, found, shown, campaign) ?? [];
    });
  });
}

function known(
  finding: Finding,
  folder: string,
  shown: string,
  campaign: Campaign,
): KnownFinding | undefined {
  const { set } = campaign.target;
  const file = join(folder, finding.input);
  const array = unlessBroken(() => decodeNpy(readFileBytes(file), file));
  const seed = finding.row === null ? (set.lower.shape[0] === 1 ? 0 : -1) : set.rowOf.indexOf(finding.row);
  if (array?.dtype !== 'float32' || array.data.length !== set.size) return undefined;
  const input = array.data as Float32Array;
  if (seed < 0 || finding.minimizedFrom !== null || !isAllowed(input, seed, campaign)) return undefined;
  const { objective, foundBy, executions, row, distances, margin, summary } = finding;
  const linfDistance = distances?.linf ?? null;
  const witness = { finding: shown, foundBy, executions, row, linfDistance, margin, summary };
  return { objective, input, seed, witness };
}

/** As the fuzzer takes them. */
export const givenOf = (known: readonly KnownFinding[]): Given => ({
  inputs: joined(known.map(({ input }) => input)),
  seeds: Int32Array.from(known, ({ seed }) => seed),
  lineage: { parent: -1, by: earlierFinding, parameters: [], executions: 0 },
});
