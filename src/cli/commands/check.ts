// `marauder check [policy]`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import type { CheckOptions } from '../options.js';
import { readInteger } from '../values.js';
import type { Command, OptionTable } from './common.js';

const defaultReport = 'marauder-report.json';
const defaultOutputDir = '.marauder';

const options = {
  // Text, because yargs reads `1e3`, `0x10` and nothing at all as numbers.
  seed: { describe: "Seed of all randomness; default: the policy's", type: 'string' },
  workers: {
    describe: 'Threads, without effect on the result; default: one per core',
    type: 'string',
  },
  report: { describe: `Where to write the JSON report; default: ${defaultReport}`, type: 'string' },
  'output-dir': {
    describe: `Folder for findings and corpora; default: ${defaultOutputDir}`,
    type: 'string',
  },
  quiet: { describe: 'Print failed properties and the summary only', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('policy', {
      describe: 'Policy; default: marauder.policy.yaml, here or in a folder above',
      type: 'string',
    })
    .options(options)
    .example('$0 check', 'the policy of this folder')
    .example('$0 check nets.policy.yaml --seed 7', 'with another seed');

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const checkOptions = (args: Args): CheckOptions => ({
  policy: args.policy,
  seed: readInteger('check', 'seed', args.seed, 0, Number.MAX_SAFE_INTEGER),
  workers: readInteger('check', 'workers', args.workers, 1, 1024) ?? availableParallelism(),
  report: args.report ?? defaultReport,
  outputDir: args['output-dir'] ?? defaultOutputDir,
  quiet: args.quiet ?? false,
});

export const check: Command = {
  name: 'check',
  positionals: '[policy]',
  leastPositionals: 0,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('check [policy]', 'Check every property of a policy, write a report', builder, (args) =>
      found({ command: 'check', options: checkOptions(args) }),
    ),
};
