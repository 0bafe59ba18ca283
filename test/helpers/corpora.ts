// Small corpora on disk, for tests.
import type { CorpusEntry } from '../../src/cli/corpus/entry.js';
import type { CorpusMeta } from '../../src/cli/corpus/manifest.js';

const digest = (letter: string) => letter.repeat(64);

export const corpusMeta = (changes: Partial<CorpusMeta> = {}): CorpusMeta => ({
  models: [{ name: 'net', file: 'net.onnx', sha256: digest('a') }],
  shape: [2, 3],
  objectives: ['robust'],
  seed: 7,
  seedsSha256: digest('5'),
  ...changes,
});

/** The n-th entry of a corpus: every field is another for another n. */
export function numberedEntry(n: number, size = 6): CorpusEntry {
  const parent = n < 2 ? -1 : n - 2;
  const by = parent < 0 ? 'seed' : (['noise', 'bläur', 'splice'][n % 3] ?? '');
  return {
    input: Float32Array.from({ length: size }, (_, at) => n + at / 10),
    seed: n % 2,
    row: 100 + (n % 2),
    lineage: {
      parent,
      ...(by === 'splice' && { partner: n % 2 }),
      by,
      parameters: Array.from({ length: n % 4 }, (_, at) => n + at + 0.1),
      executions: n * 2 ** 33,
    },
  };
}

export const numberedEntries = (from: number, to: number, size?: number): CorpusEntry[] =>
  Array.from({ length: to - from }, (_, at) => numberedEntry(from + at, size));
