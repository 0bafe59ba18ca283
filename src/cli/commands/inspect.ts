// `marauder inspect MODEL`
import type { Argv } from 'yargs';
import type { InspectOptions } from '../options.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  'all-nodes': { describe: 'List every node of a large model, not only both ends of it', type: 'boolean' },
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('model', { describe: 'ONNX file', type: 'string', demandOption: true })
    .options(options)
    .example(...shown('$0 inspect net.onnx', 'nodes, operators, parameters, memory, and what can be bounded'))
    .example(
      ...shown("$0 inspect net.onnx --json | jq '.nodes[] | select(.reason)'", 'nodes without bounds'),
    );

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const inspectOptions = (args: Args): InspectOptions => ({
  model: args.model,
  json: args.json ?? false,
  allNodes: args['all-nodes'] ?? false,
});

export const inspect: Command = {
  name: 'inspect',
  positionals: '<model>',
  leastPositionals: 1,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('inspect <model>', 'Show what a model contains and what can be proved', builder, (args) =>
      found({ command: 'inspect', options: inspectOptions(args) }),
    ),
};
