// `marauder inspect MODEL`
import type { Argv } from 'yargs';
import type { Command, OptionTable } from './common.js';

const options = {
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('model', { describe: 'ONNX file', type: 'string', demandOption: true })
    .options(options)
    .example('$0 inspect net.onnx', 'inputs, outputs, operators, parameters');

export const inspect: Command = {
  name: 'inspect',
  positionals: '<model>',
  leastPositionals: 1,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('inspect <model>', 'Show what a model contains and what can be proved', builder, (args) =>
      found({ command: 'inspect', options: { model: args.model, json: args.json ?? false } }),
    ),
};
