// `marauder replay FINDING..`
import type { Argv } from 'yargs';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('findings', {
      describe: 'Folders of findings as the report names them, or folders with many of them',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .options(options)
    .example(...shown('$0 replay .marauder/findings', 'run all violating inputs again'))
    .example(
      ...shown(
        '$0 replay .marauder/findings/robust/row-7-2bc5c8b0 --json',
        'one of them, for other programs',
      ),
    )
    .epilogue(`Exit codes:
  0    no finding violates its property any more
  1    some finding still does
  2    could not run
  130  interrupted by Ctrl-C`);

export const replay: Command = {
  name: 'replay',
  positionals: '<findings..>',
  leastPositionals: 1,
  mostPositionals: Number.POSITIVE_INFINITY,
  options,
  add: (parser, found) =>
    parser.command('replay <findings..>', 'Run findings again: do they still violate?', builder, (args) =>
      found({ command: 'replay', options: { findings: args.findings, json: args.json ?? false } }),
    ),
};
