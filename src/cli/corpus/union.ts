// The union of corpora: every input once, with the lineage that it has in the first of them.
import { type CorpusEntry, inputKey, movedLineage } from './entry.js';
import { type Manifest, requireSameSubject } from './manifest.js';
import type { CorpusSource } from './source.js';

export type Union = {
  readonly manifest: Manifest;
  readonly entries: readonly CorpusEntry[];
  /** Per corpus: inputs that an earlier place has already. */
  readonly doubles: readonly number[];
};

/**
 * @param sources at least one; the names are for errors
 * @throws UserError INVALID_CORPUS where they are of different models or shapes
 */
export function unionOf(sources: readonly (CorpusSource & { readonly name: string })[]): Union {
  const manifest = sources.map((source) => source.manifest).reduce(combined);
  sources.forEach((source, at) => {
    for (const earlier of sources.slice(0, at))
      requireSameSubject(source.manifest, earlier.manifest, source.name);
  });
  const entries: CorpusEntry[] = [];
  const positions = new Map<string, number>();
  const keepsSeeds = manifest.seedsSha256 !== null;
  const doubles = sources.map((source, number) => {
    const moved: number[] = [];
    let count = 0;
    for (const entry of source.entries) {
      const key = inputKey(entry.input);
      // Equal seeds of the first corpus stay: seeds are known by their position.
      const isPlaced = keepsSeeds && number === 0 && entry.lineage.parent < 0;
      const earlier = isPlaced ? undefined : positions.get(key);
      if (earlier !== undefined) count++;
      else entries.push(adopted(entry, moved, keepsSeeds));
      moved.push(earlier ?? entries.length - 1);
      if (!positions.has(key)) positions.set(key, entries.length - 1);
    }
    return count;
  });
  return { manifest: { ...manifest, mutators: namesOf(entries) }, entries, doubles };
}

/** @param moved where the entries before it have gone */
const adopted = (entry: CorpusEntry, moved: readonly number[], keepsSeeds: boolean): CorpusEntry => ({
  ...entry,
  seed: keepsSeeds ? entry.seed : -1,
  lineage: movedLineage(entry.lineage, (at) => moved[at]),
});

export const namesOf = (entries: readonly CorpusEntry[]): string[] => [
  ...new Set(entries.map(({ lineage }) => lineage.by)),
];

const combined = (a: Manifest, b: Manifest): Manifest => ({
  ...a,
  models: a.models.length > 0 ? a.models : b.models,
  objectives: [...new Set([...a.objectives, ...b.objectives])],
  seedsSha256: a.seedsSha256 === b.seedsSha256 ? a.seedsSha256 : null,
  executions: a.executions + b.executions,
  runs: a.runs + b.runs,
});
