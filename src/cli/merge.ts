// `marauder merge`: several corpora as one, every input once.
import { resolve } from 'node:path';
import { plural } from '../report/words.js';
import { readCorpus, requireNoCorpus } from './corpus/source.js';
import { writeArchive } from './corpus/store.js';
import { unionOf } from './corpus/union.js';
import { assertWritableFolder } from './files.js';
import type { Io, MergeOptions } from './options.js';

export async function runMerge({ corpora, output }: MergeOptions, io: Io): Promise<number> {
  const { stdout, style } = io;
  const target = resolve(io.cwd, output);
  requireNoCorpus(target);
  assertWritableFolder(target);
  const sources = corpora.map((name) => ({ name, ...readCorpus(resolve(io.cwd, name)) }));
  const { manifest, entries, doubles } = unionOf(sources);
  writeArchive(target, manifest, entries);
  const lines = sources.flatMap(({ name, entries: own, notes }, at) => {
    const known = doubles[at] ? `, ${doubles[at]} of them known already` : '';
    return [
      `${style.strong(name)}  ${plural(own.length, 'input')}${known}`,
      ...notes.map((note) => `  ${style.warn('note:')} ${note}`),
    ];
  });
  stdout.write(
    [...lines, `merged as ${style.command(output)}  ${plural(entries.length, 'input')}\n`].join('\n'),
  );
  return 0;
}
