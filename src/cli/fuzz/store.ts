// The corpus of a campaign on disk: what earlier runs kept goes back into the fuzzer, what this one keeps is written as it comes.
import { renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Corpus } from '../../fuzz/corpus.js';
import type { Kept } from '../../fuzz/seed-corpus.js';
import { modelRef } from '../check/models.js';
import { entriesOf, movedLineage } from '../corpus/entry.js';
import { type CorpusStore, openCorpusFolder } from '../corpus/store.js';
import { unwritable } from '../file-errors.js';
import { sha256 } from '../hash.js';
import type { FuzzCommandOptions, Io } from '../options.js';
import { isAllowed } from './allowed.js';
import type { Campaign } from './campaign.js';

export type CampaignStore = {
  /** Relative to the working directory. */
  readonly folder: string;
  readonly kept: readonly Kept[];
  readonly before: CorpusStore['before'];
  readonly notes: readonly string[];
  /** Writes what has joined the corpus since the last call. */
  save(corpus: Corpus, executions: number): void;
  /** @param executions of this run */
  close(executions: number): void;
};

export function openStore(
  campaign: Campaign,
  seed: number,
  options: FuzzCommandOptions,
  io: Io,
): CampaignStore {
  const folder = join(options.outputDir, 'fuzz', campaign.name, 'corpus');
  const path = resolve(io.cwd, folder);
  const notes = options.fresh ? setAside(path) : [];
  const { set } = campaign.subject;
  const store = openCorpusFolder(path, {
    models: campaign.models.map(modelRef),
    shape: set.shape,
    objectives: [...campaign.objectives.keys()],
    seed,
    seedsSha256: sha256(
      new Uint8Array(set.seeds.data.buffer, set.seeds.data.byteOffset, set.seeds.data.byteLength),
    ),
  });
  const { kept, stored } = recalled(campaign, store);
  let seen = 0;
  let next = store.entries.length;
  let checkedAt = Number.NEGATIVE_INFINITY;
  return {
    folder,
    kept,
    before: store.before,
    notes: [...notes, ...store.notes],
    save(corpus, executions) {
      const from = seen;
      const fresh = entriesOf(corpus, set.rowOf, from).filter((_, at) => !stored.has(from + at));
      for (let entry = from; entry < corpus.size; entry++) if (!stored.has(entry)) stored.set(entry, next++);
      seen = corpus.size;
      store.append(
        fresh.map(({ lineage, ...rest }) => ({
          ...rest,
          lineage: movedLineage(lineage, (at) => stored.get(at)),
        })),
      );
      if (io.clock() - checkedAt < checkpointMs) return;
      checkedAt = io.clock();
      store.checkpoint({ executions });
    },
    close(executions) {
      try {
        store.checkpoint({ executions });
      } finally {
        store.close();
      }
    },
  };
}

/** What an interruption may forget of the count of executions. */
const checkpointMs = 1000;

/**
 * What goes back into the fuzzer, and where each of its entries stands on disk. The fuzzer's corpus begins with the seeds. Entries
 * that this run's limits do not allow stay on disk, because children are made of valid parents.
 */
function recalled(campaign: Campaign, { entries, sameSeeds }: CorpusStore) {
  const { set } = campaign.subject;
  const seedCount = set.instanceOf.length;
  /** Position on disk per position in the fuzzer, and the reverse. */
  const [stored, recalledAs] = [new Map<number, number>(), new Map<number, number>()];
  const kept: Kept[] = [];
  entries.forEach((entry, at) => {
    const isSeed = sameSeeds && at < seedCount;
    const seed = sameSeeds ? entry.seed : seedOfRow(set, entry.row);
    if (!isSeed && (seed < 0 || !isAllowed(entry.input, seed, campaign))) return;
    const position = isSeed ? at : seedCount + kept.length;
    stored.set(position, at);
    recalledAs.set(at, position);
    if (isSeed) return;
    const lineage = movedLineage(entry.lineage, (position) => recalledAs.get(position));
    kept.push({ input: entry.input, seed, lineage });
  });
  return { kept, stored };
}

/** A seed of the same row; where one box holds all inputs, any. */
function seedOfRow({ rowOf, lower }: Campaign['subject']['set'], row: number): number {
  const found = row < 0 ? -1 : rowOf.indexOf(row);
  return found < 0 && lower.shape[0] === 1 ? 0 : found;
}

/** `corpus` becomes `corpus-1`, or the next number that is free. */
function setAside(path: string): string[] {
  for (let number = 1; ; number++) {
    const to = `${path}-${number}`;
    try {
      renameSync(path, to);
      return [`the earlier corpus is now ${to}`];
    } catch (cause) {
      if (!(cause instanceof Error) || !('code' in cause)) throw cause;
      if (cause.code === 'ENOENT') return [];
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw unwritable(to, cause);
    }
  }
}
