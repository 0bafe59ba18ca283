// `marauder baseline [policy]`
import type { Argv } from 'yargs';
import { baselineName } from '../baseline/name.js';
import { defaultReport } from '../check/reporter-list.js';
import type { Command, OptionTable } from './common.js';

const options = {
  report: { describe: `JSON report of "marauder check"; default: ${defaultReport}`, type: 'string' },
  output: { describe: `Where to write; default: ${baselineName} beside the policy`, type: 'string' },
  reason: { describe: 'Why the violations are accepted, kept with each new entry', type: 'string' },
} as const satisfies OptionTable;

const summary = 'Accept the violations of the last report: later checks meet them without failing';

const builder = (parser: Argv) =>
  parser
    .positional('policy', {
      describe: 'Policy; default: marauder.policy.yaml, here or in a folder above',
      type: 'string',
    })
    .options(options)
    .example('$0 check && $0 baseline', 'accept what fails now')
    .example('$0 baseline --reason "known, #42"', 'and say why')
    .epilogue(`Runs nothing. Entries that are there already stay as they are; those
that the report shows to hold now are dropped.`);

export const baseline: Command = {
  name: 'baseline',
  positionals: '[policy]',
  leastPositionals: 0,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('baseline [policy]', summary, builder, (args) =>
      found({
        command: 'baseline',
        options: {
          policy: args.policy,
          report: args.report ?? defaultReport,
          output: args.output,
          reason: args.reason,
        },
      }),
    ),
};
