// `marauder check [policy]`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { reporters } from '../../report/index.js';
import { baselineName } from '../baseline/name.js';
import { defaultReport, readReporters } from '../check/reporter-list.js';
import type { CheckOptions } from '../options.js';
import { readInteger, usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const defaultOutputDir = '.marauder';

const options = {
  // Text, because yargs reads `1e3`, `0x10` and nothing at all as numbers.
  seed: { describe: "Seed of all randomness; default: the policy's", type: 'string' },
  workers: {
    describe: 'Threads, without effect on the result; default: one per core',
    type: 'string',
  },
  reporter: {
    describe: 'NAME=FILE, or NAME for standard output; may be repeated',
    type: 'string',
    array: true,
    multiple: true,
  },
  report: { describe: `Short for --reporter json=FILE; default: ${defaultReport}`, type: 'string' },
  baseline: {
    describe: `Accepted violations; default: ${baselineName} beside the policy`,
    type: 'string',
  },
  'strict-baseline': { describe: 'Fail on entries that accept nothing any more', type: 'boolean' },
  'output-dir': {
    describe: `Folder for findings and corpora; default: ${defaultOutputDir}`,
    type: 'string',
  },
  shard: { describe: 'Do part I of N, as I/N, such as 1/3; merge-reports joins them', type: 'string' },
  'print-config': {
    describe: 'Print the policy with every default filled in, check nothing',
    type: 'boolean',
  },
  'no-certify': {
    describe: 'Do not check proofs: they count only where the policy says "unchecked: allowed"',
    type: 'boolean',
  },
  'no-cache': { describe: 'Search again for what an earlier run has found', type: 'boolean' },
  quiet: { describe: 'Print failed properties and the summary only', type: 'boolean' },
} as const satisfies OptionTable;

const nameWidth = Math.max(...Object.keys(reporters).map((name) => name.length));
const reporterLines = Object.entries(reporters).map(
  ([name, { about }]) => `  ${name.padEnd(nameWidth)}  ${about}`,
);

const epilogue = `Reporters:
${reporterLines.join('\n')}

Text goes to standard output unless another reporter does; then it goes to
standard error. JSON is written in any case: other commands read it.`;

const builder = (parser: Argv) =>
  parser
    .positional('policy', {
      describe: 'Policy; default: marauder.policy.yaml, here or in a folder above',
      type: 'string',
    })
    .options(options)
    .example(...shown('$0 check', 'the policy of this folder'))
    .example(...shown('$0 check nets.policy.yaml --seed 7', 'with another seed'))
    .example(...shown('$0 check --reporter sarif=o.sarif --reporter junit=o.xml', 'reports for CI'))
    .epilogue(epilogue);

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const checkOptions = (args: Args): CheckOptions => ({
  policy: args.policy,
  seed: readInteger('check', 'seed', args.seed, 0, Number.MAX_SAFE_INTEGER),
  workers: readInteger('check', 'workers', args.workers, 1, 1024) ?? availableParallelism(),
  reports: readReporters(args.reporter ?? [], args.report),
  baseline: args.baseline,
  strictBaseline: args['strict-baseline'] ?? false,
  outputDir: args['output-dir'] ?? defaultOutputDir,
  shard: readShard(args.shard),
  printConfig: args['print-config'] ?? false,
  quiet: args.quiet ?? false,
  certifies: args['no-certify'] !== true,
  reuses: args['no-cache'] !== true,
});

/** More parts than anybody has machines. */
const mostParts = 10_000;

/** `2/3` */
function readShard(text: string | undefined): CheckOptions['shard'] {
  if (text === undefined) return undefined;
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index >= 1 && index <= count && count <= mostParts)
    return { index, count };
  throw usageError(
    'check',
    `--shard cannot be ${JSON.stringify(text)}`,
    'give I/N, part I of N counted from 1, such as 1/3',
  );
}

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
