// Some entries of a corpus as a corpus of their own.
import type { ModelRef } from '../../findings/report.js';
import { type CorpusEntry, movedLineage } from './entry.js';
import type { Manifest } from './manifest.js';
import type { CorpusSource } from './source.js';
import { namesOf } from './union.js';

/** Entries whose parent is left out begin anew; seeds are known by their rows only, since their positions change. */
export function subsetOf(
  { manifest, entries }: CorpusSource,
  kept: readonly number[],
  model: ModelRef,
): { manifest: Manifest; entries: CorpusEntry[] } {
  const moved = new Map(kept.map((entry, at) => [entry, at]));
  const chosen = kept
    .flatMap((at) => entries[at] ?? [])
    .map((entry) => ({
      ...entry,
      seed: -1,
      lineage: movedLineage(entry.lineage, (at) => moved.get(at)),
    }));
  const models = manifest.models.length > 0 ? manifest.models : [model];
  return {
    manifest: { ...manifest, models, seedsSha256: null, mutators: namesOf(chosen) },
    entries: chosen,
  };
}
