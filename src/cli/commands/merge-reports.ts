// `marauder merge-reports REPORT..`
import type { Argv } from 'yargs';
import { readReporters } from '../check/reporter-list.js';
import type { MergeReportsOptions } from '../options.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  reporter: {
    describe: 'NAME=FILE, or NAME for standard output; may be repeated (see check)',
    type: 'string',
    array: true,
    multiple: true,
  },
  output: {
    describe: 'Where to write the joined JSON report; default: marauder-report.json',
    type: 'string',
  },
} as const satisfies OptionTable;

const usage = `Usage: $0 merge-reports REPORT.. [options]

Join the reports of all parts of a run, each from "check --shard", into the
report that one run gives, and judge its gate: exit code 0 or 1, as of check.
Parts of another policy, seed or version are refused, and so are missing ones.`;

const builder = (parser: Argv) =>
  parser
    .usage(usage)
    .positional('reports', {
      describe: 'JSON reports of the parts, in any order',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .options(options)
    .example(...shown('$0 merge-reports part-1.json part-2.json', 'both parts of a run'))
    .example(...shown('$0 merge-reports part-*.json --reporter junit=junit.xml', 'and another report of it'));

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const mergeReportsOptions = (args: Args): MergeReportsOptions => ({
  parts: args.reports,
  reports: readReporters(args.reporter ?? [], args.output),
});

export const mergeReports: Command = {
  name: 'merge-reports',
  positionals: '<reports..>',
  leastPositionals: 1,
  mostPositionals: Infinity,
  options,
  add: (parser, found) =>
    parser.command('merge-reports <reports..>', 'Join the reports of check --shard', builder, (args) =>
      found({ command: 'merge-reports', options: mergeReportsOptions(args) }),
    ),
};
