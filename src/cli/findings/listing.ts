// `findings.json`: all findings below a folder, the worst first, and by cluster. It says nothing that the folders do not say, so
// it can be made again from them at any time.
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { UserError } from '../../base/user-error.js';
import type { Finding } from '../../findings/finding.js';
import { parseFinding } from '../../findings/finding-schema.js';
import { readTextFile, writeFileAtomic } from '../files.js';
import { foldersBelow } from './find.js';

export type Listed = Pick<
  Finding,
  | 'property'
  | 'kind'
  | 'objective'
  | 'cluster'
  | 'summary'
  | 'margin'
  | 'distances'
  | 'row'
  | 'foundBy'
  | 'minimizedFrom'
> & {
  /** From 1: the smallest margin first, and before it what has none, since no number is worse than one. */
  readonly rank: number;
  /** Relative to the listing. */
  readonly folder: string;
};

export type ListedCluster = Pick<Finding, 'property' | 'objective' | 'cluster'> & {
  readonly findings: number;
  /** Folder of the one that ranks first. */
  readonly first: string;
};

export type Listing = {
  readonly schemaVersion: 1;
  readonly findings: readonly Listed[];
  readonly clusters: readonly ListedCluster[];
  /** Folders whose finding.json cannot be read. */
  readonly unreadable: readonly { readonly folder: string; readonly problem: string }[];
};

const listingName = 'findings.json';

/** Writes the listing of a folder; nothing where there is no such folder. @throws UserError FILE_UNWRITABLE */
export function writeListing(folder: string): void {
  if (!existsSync(folder)) return;
  writeFileAtomic(join(folder, listingName), `${JSON.stringify(listingOf(folder), null, 2)}\n`);
}

/** Writes the listing anew that a finding belongs to: of the nearest folder above that is called `findings` and has one. */
export function refreshListing(finding: string): void {
  for (let here = dirname(finding); dirname(here) !== here; here = dirname(here)) {
    if (basename(here) !== 'findings' || !existsSync(join(here, listingName))) continue;
    writeListing(here);
    break;
  }
}

export function listingOf(root: string): Listing {
  const unreadable: { folder: string; problem: string }[] = [];
  const found = foldersBelow(root).flatMap((path) => {
    const folder = relative(root, path).split(sep).join('/');
    const file = join(path, 'finding.json');
    try {
      return [{ folder, finding: parseFinding(readTextFile(file), file) }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push({ folder, problem: error.details.problem });
      return [];
    }
  });
  const findings = found.toSorted(byRank).map(({ folder, finding }, at) => listed(at + 1, folder, finding));
  return { schemaVersion: 1, findings, clusters: clustersOf(findings), unreadable };
}

type Found = { readonly folder: string; readonly finding: Finding };

function byRank(a: Found, b: Found): number {
  const margin = ({ finding }: Found) => finding.margin ?? Number.NEGATIVE_INFINITY;
  const distance = ({ finding }: Found) => finding.distances?.linf ?? Number.POSITIVE_INFINITY;
  return compare(margin(a), margin(b)) || compare(distance(a), distance(b)) || compare(a.folder, b.folder);
}

const compare = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function listed(rank: number, folder: string, finding: Finding): Listed {
  const { property, kind, objective, cluster, summary, margin, distances, row, foundBy, minimizedFrom } =
    finding;
  return {
    rank,
    folder,
    property,
    kind,
    objective,
    cluster,
    summary,
    margin,
    distances,
    row,
    foundBy,
    minimizedFrom,
  };
}

/** In the order of their first findings. What was minimised fails as what it was made from, and counts with it once. */
function clustersOf(findings: readonly Listed[]): ListedCluster[] {
  const clusters = new Map<string, { first: Listed; findings: number }>();
  for (const finding of findings) {
    if (finding.minimizedFrom !== null) continue;
    const { property, objective, cluster } = finding;
    const key = JSON.stringify([property, objective, cluster]);
    const group = clusters.get(key) ?? { first: finding, findings: 0 };
    group.findings++;
    clusters.set(key, group);
  }
  return [...clusters.values()].map(({ first, findings: total }) => ({
    property: first.property,
    objective: first.objective,
    cluster: first.cluster,
    findings: total,
    first: first.folder,
  }));
}
