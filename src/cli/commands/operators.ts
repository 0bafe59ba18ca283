// `marauder operators`
import type { Argv } from 'yargs';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const usage = `Usage: $0 operators [options]

List the ONNX operators with rules of their own, and what each has:

Run           all; operators that are not listed run as they are, too
Gradient      attacks follow it; "zero" of steps and choices
Intervals     bounds of its result
Linear        bounds by lines in its inputs, for CROWN and branch and bound
Certificate   the independent checker knows it

A rule may refuse the way in which a node uses its operator: "inspect" says so
of every node of a model.`;

const builder = (parser: Argv) =>
  parser
    .usage(usage)
    .options(options)
    .example(...shown('$0 operators', 'the table'))
    .example(...shown("$0 operators --json | jq -r '.operators[] | select(.certificate) | .name'", 'names'));

type Args = Awaited<ReturnType<typeof builder>['argv']>;

export const operators: Command = {
  name: 'operators',
  positionals: '',
  leastPositionals: 0,
  mostPositionals: 0,
  options,
  add: (parser, found) =>
    parser.command('operators', 'List the operators and what can be done with each', builder, (args: Args) =>
      found({ command: 'operators', options: { json: args.json ?? false } }),
    ),
};
