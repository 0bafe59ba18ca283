// `marauder explain [CODE]`
import type { Argv } from 'yargs';
import type { Command } from './common.js';

const builder = (parser: Argv) =>
  parser
    .positional('code', { describe: 'As a message has it; default: all, in short', type: 'string' })
    .example('$0 explain INVALID_POLICY', 'what it means, and what to do')
    .example('$0 explain', 'every code');

export const explain: Command = {
  name: 'explain',
  positionals: '[code]',
  leastPositionals: 0,
  mostPositionals: 1,
  options: {},
  add: (parser, found) =>
    parser.command('explain [code]', 'What an error code means, and what to do', builder, (args) =>
      found({ command: 'explain', options: { code: args.code } }),
    ),
};
