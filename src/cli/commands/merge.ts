// `marauder merge CORPUS..`
import type { Argv } from 'yargs';
import { usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  output: { describe: 'Folder for the merged corpus; it must not hold one', type: 'string' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('corpora', {
      describe: 'Corpus folders, or .npz files with an array "inputs"',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .options(options)
    .example(
      ...shown('$0 merge monday/corpus tuesday/corpus --output all', 'what two runs kept, each input once'),
    )
    .example(
      ...shown(
        '$0 merge .marauder/corpus/robust.npz --output corpus',
        'what "marauder check" kept, as a folder',
      ),
    );

const name = 'merge';

export const merge: Command = {
  name,
  positionals: '<corpora..>',
  leastPositionals: 1,
  mostPositionals: Number.POSITIVE_INFINITY,
  options,
  add: (parser, found) =>
    parser.command(
      'merge <corpora..>',
      'Make one corpus of several, without equal inputs',
      builder,
      (args) => {
        const { output } = args;
        if (output === undefined)
          throw usageError(name, '--output is missing', 'name a folder for the result: --output FOLDER');
        found({ command: name, options: { corpora: args.corpora, output } });
      },
    ),
};
