// `marauder distill`: the part of a corpus that covers what all of it covers.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../base/user-error.js';
import { defaultCriteria } from '../fuzz/coverage/index.js';
import { parseCriteria } from '../fuzz/coverage/parse.js';
import { type Comparison, compare, distill, firstCover } from '../fuzz/distill.js';
import { plural } from '../report/words.js';
import { inputShape } from './check/fit.js';
import { modelRef, type OpenModel, openModel } from './check/models.js';
import { withPlace } from './check/runtime-failure.js';
import { requireSameSubject } from './corpus/manifest.js';
import { type CorpusSource, readCorpus, requireNoCorpus } from './corpus/source.js';
import { writeArchive } from './corpus/store.js';
import { subsetOf } from './corpus/subset.js';
import { seenBy } from './distill/profiles.js';
import { assertWritableFolder } from './files.js';
import type { DistillOptions, Io } from './options.js';
import { shownFrom } from './shown.js';
import { createThreads } from './threads.js';
import { usageError } from './values.js';

export async function runDistill(options: DistillOptions, io: Io): Promise<number> {
  const { stdout, style } = io;
  const target = resolve(io.cwd, options.output);
  requireNoCorpus(target);
  assertWritableFolder(target);
  const criteria =
    options.criteria === undefined ? Object.values(defaultCriteria) : parseCriteria(options.criteria);
  const source = readCorpus(resolve(io.cwd, options.corpus));
  if (source.entries.length === 0) throw emptyCorpus(options.corpus);
  const runtime = createThreads(options.workers);
  try {
    const model = await openModel(modelOf(source, options, io), runtime);
    requireSameSubject(
      source.manifest,
      {
        ...source.manifest,
        models: [modelRef(model), ...source.manifest.models.slice(1)],
        shape: inputShape(model),
      },
      options.corpus,
    );
    const seen = await withPlace(model.file, () => seenBy(model, criteria, source.entries, runtime));
    if (seen.length === 0)
      throw nothingToCover(
        model,
        criteria.map(({ name }) => name),
      );
    const parents = Int32Array.from(source.entries, ({ lineage }) => lineage.parent);
    // Said before the long search.
    requireEqual(compare(seen, parents, firstCover(seen, parents)));
    const kept = distill(seen, parents, 1);
    const comparisons = compare(seen, parents, kept);
    requireEqual(comparisons);
    const { manifest, entries } = subsetOf(source, kept, modelRef(model));
    writeArchive(target, manifest, entries);
    const lines = [
      ...source.notes.map((note) => `${style.warn('note:')} ${note}`),
      ...comparisons.map(({ criterion, before, after }) => {
        const words =
          before.value === null
            ? 'every input is within the threshold of one that is kept'
            : `${before.detail} before, ${after.detail} after`;
        return `${style.strong(criterion)}  ${words}`;
      }),
      `distilled as ${style.command(options.output)}  ${plural(entries.length, 'input')} of ${source.entries.length}`,
    ];
    stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  } finally {
    await runtime.close();
  }
}

/** The one that is named, or else the one that the corpus was made for, where it still lies there. */
function modelOf({ manifest }: CorpusSource, { model, corpus }: DistillOptions, io: Io) {
  const [stored] = manifest.models;
  const file = model ?? stored?.file;
  const usage = 'name the model whose coverage counts: --model FILE';
  if (file === undefined) throw usageError('distill', `${corpus} does not say what model it is for`, usage);
  if (model === undefined && !existsSync(resolve(io.cwd, file)))
    throw usageError('distill', `the model of ${corpus} is not at ${file} any more`, usage);
  const steps = stored?.preprocess;
  return {
    name: stored?.name ?? 'model',
    file: shownFrom(io.cwd)(resolve(io.cwd, file)),
    preprocess: steps && { steps, where: corpus },
  };
}

const emptyCorpus = (where: string): UserError =>
  new UserError('INVALID_CORPUS', { where, problem: 'holds no input', hint: 'name another corpus' });

const nothingToCover = ({ file }: OpenModel, names: readonly string[]): UserError =>
  new UserError('UNSUPPORTED_MODEL', {
    where: file,
    problem: `has nothing to cover for ${names.join(' and ')}`,
    hint: 'choose other criteria with --criteria, such as activation-distance',
  });

function requireEqual(comparisons: readonly Comparison[]): void {
  const different = comparisons.find(({ equal }) => !equal);
  if (different === undefined) return;
  throw usageError(
    'distill',
    `${different.criterion} changes with every input, so that no smaller corpus has the same coverage`,
    'choose other criteria with --criteria',
  );
}
