// `marauder replay FINDING..`
import type { Argv } from 'yargs';
import type { Command, OptionTable } from './common.js';

const options = {} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('findings', {
      describe: 'Folders of findings, as the report names them',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .options(options)
    .example('$0 replay .marauder/findings/*/*', 'run all violating inputs again');

export const replay: Command = {
  name: 'replay',
  positionals: '<findings..>',
  leastPositionals: 1,
  mostPositionals: Number.POSITIVE_INFINITY,
  options,
  add: (parser, found) =>
    parser.command('replay <findings..>', 'Run findings again: do they still violate?', builder, (args) =>
      found({ command: 'replay', options: { findings: args.findings } }),
    ),
};
