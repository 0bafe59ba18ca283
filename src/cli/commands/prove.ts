// `marauder prove MODEL PROPERTY`, or with a file for each network of the property.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Argv } from 'yargs';
import { readBytes } from '../memory.js';
import type { Invocation, ProveOptions } from '../options.js';
import { readNetworks } from '../prove/network-list.js';
import { readChoice, readDuration, readInteger, usageError } from '../values.js';
import { type Command, commonOptions, type OptionTable, shown } from './common.js';

const defaultMemoryBytes = 4 * 1024 ** 3;
const defaultOutputDir = '.marauder';

const options = {
  network: {
    describe: 'File of one network that the property names: NAME=FILE; may be repeated',
    type: 'string',
    array: true,
    multiple: true,
  },
  timeout: { describe: 'Time for all of it, such as 60s or 5m; default: none', type: 'string' },
  memory: { describe: 'Ceiling for bounds, sub-problems and records; default: 4GiB', type: 'string' },
  seed: { describe: 'Seed of all randomness; default: 1', type: 'string' },
  arithmetic: {
    describe: 'deployed (float32, any order of summation) or real (exact); default: deployed',
    type: 'string',
    words: ['deployed', 'real'],
  },
  workers: { describe: 'Threads; default: one per core', type: 'string' },
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
  vnncomp: { describe: "Write the result in VNN-COMP's format to this file", type: 'string' },
  'explain-strategy': { describe: 'Show what was measured and chosen, and why', type: 'boolean' },
  certificate: { describe: 'Write a proof to this file, for verify-proof', type: 'string' },
  'no-certify': { describe: 'Do not check a proof: it says so', type: 'boolean' },
  'output-dir': { describe: `Folder for counterexamples; default: ${defaultOutputDir}`, type: 'string' },
} as const satisfies OptionTable;

const usage = `Usage:
$0 prove MODEL PROPERTY [options]
$0 prove --network NAME=MODEL --network NAME=MODEL .. PROPERTY [options]

Decide a VNN-LIB property: a proof or a counterexample.

A property of several networks names them, and --network gives each its file:
$0 prove --network f=a.onnx --network g=b.onnx p.vnnlib
A network that is equal-to another needs none. Options may stand anywhere, and
each takes the one word behind it; where networks are named, MODEL is left out.`;

const builder = (parser: Argv) =>
  parser
    .usage(usage)
    .positional('files', {
      describe:
        'MODEL, an ONNX file, then PROPERTY, a VNN-LIB file, .gz or not; with --network PROPERTY alone',
      type: 'string',
      array: true,
      demandOption: true,
    })
    .options(options)
    .example(...shown('$0 prove net.onnx robust.vnnlib', 'until it is decided'))
    .example(...shown('$0 prove net.onnx.gz p.vnnlib --timeout 60s --json', 'within a minute, as JSON'))
    .epilogue(`Exit codes:
  0    proved: no input violates the property
  1    violated, with a counterexample; or unknown, which is no pass
  2    could not run
  130  interrupted by Ctrl-C; the best bound so far is printed`);

/** The competition has no use for proofs, and counts the time. */
const certifies = (args: Given): boolean =>
  args['no-certify'] !== true && (args.vnncomp === undefined || args.certificate !== undefined);

type Args = Awaited<ReturnType<typeof builder>['argv']>;
type Given = Pick<Args, 'files'> & Partial<Pick<Args, keyof typeof options>>;

const name = 'prove';

/** @throws UserError USAGE unless there is one property, and a model or networks */
function filesOf(files: readonly string[], isNamed: boolean): Pick<ProveOptions, 'model' | 'property'> {
  const [first = '', second] = files;
  if (isNamed && second === undefined) return { model: undefined, property: first };
  if (!isNamed && second !== undefined) return { model: first, property: second };
  throw isNamed
    ? usageError(name, `networks are named, and ${first} is given as well`, `leave ${first} out`)
    : usageError(name, 'MODEL or PROPERTY is missing', 'usage: marauder prove MODEL PROPERTY');
}

const proveOptions = (args: Given): ProveOptions => ({
  ...filesOf(args.files, args.network !== undefined),
  networks: readNetworks(args.network ?? []),
  timeoutSeconds: readDuration(name, 'timeout', args.timeout),
  memoryBytes: readBytes(name, 'memory', args.memory) ?? defaultMemoryBytes,
  seed: readInteger(name, 'seed', args.seed, 0, Number.MAX_SAFE_INTEGER) ?? 1,
  arithmetic: readChoice(name, 'arithmetic', args.arithmetic, ['deployed', 'real']) ?? 'deployed',
  workers: readInteger(name, 'workers', args.workers, 1, 1024) ?? availableParallelism(),
  json: args.json ?? false,
  vnncomp: args.vnncomp,
  explainStrategy: args['explain-strategy'] ?? false,
  certificate: args.certificate,
  certifies: certifies(args),
  outputDir: args['output-dir'] ?? defaultOutputDir,
});

function direct(argv: readonly string[]): Invocation {
  const known = { ...options, ...commonOptions };
  const { values, positionals } = parseArgs({ args: [...argv], options: known, allowPositionals: true });
  return { command: 'prove', options: proveOptions({ ...values, files: positionals.slice(1) }) };
}

export const prove: Command = {
  name,
  positionals: '[model] <property>',
  leastPositionals: 1,
  mostPositionals: 2,
  options,
  direct,
  add: (parser, found) =>
    parser.command(
      'prove <files..>',
      'Decide a VNN-LIB property: a proof or a counterexample',
      builder,
      (args) => found({ command: 'prove', options: proveOptions(args) }),
    ),
};
