// `marauder minimize FINDING..`
import type { Argv } from 'yargs';
import type { MinimizeOptions } from '../options.js';
import { readChoice, readDuration } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  norm: {
    describe:
      'Distance that matters most: linf (greatest change), l2 or l0 (changed elements); default: linf',
    type: 'string',
    words: ['linf', 'l2', 'l0'],
  },
  time: { describe: 'For each finding, such as 10s or 2m; default: 10s', type: 'string' },
  output: { describe: 'Folder for the result of one finding; default: beside it, with -min', type: 'string' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('findings', {
      describe: 'Folders of findings, or folders with many of them',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .options(options)
    .example(
      ...shown('$0 minimize .marauder/findings/robust/row-7-2bc5c8b0', 'the least change of every element'),
    )
    .example(
      ...shown('$0 minimize .marauder/findings --norm l0 --time 2s', 'of all findings, the fewest elements'),
    )
    .epilogue(`Exit codes:
  0    every finding was minimised
  1    some finding no longer violates its property
  2    could not run
  130  interrupted by Ctrl-C; what was reached is saved`);

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const name = 'minimize';

const minimizeOptions = (args: Args): MinimizeOptions => ({
  findings: args.findings,
  norm: readChoice(name, 'norm', args.norm, ['linf', 'l2', 'l0']) ?? 'linf',
  seconds: readDuration(name, 'time', args.time) ?? 10,
  output: args.output,
});

export const minimize: Command = {
  name,
  positionals: '<findings..>',
  leastPositionals: 1,
  mostPositionals: Number.POSITIVE_INFINITY,
  options,
  add: (parser, found) =>
    parser.command(
      'minimize <findings..>',
      'Bring findings as near to their seeds as they go',
      builder,
      (args) => found({ command: name, options: minimizeOptions(args) }),
    ),
};
