// `marauder init MODEL [DATA]`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import type { InitOptions } from '../options.js';
import { readInteger, readNumber, usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const defaultOutput = 'marauder.policy.yaml';

const options = {
  output: { describe: `Where to write the policy; default: ${defaultOutput}`, type: 'string' },
  stdout: { describe: 'Print the policy, write no file', type: 'boolean' },
  force: { describe: 'Replace a file that is there', type: 'boolean' },
  inputs: {
    describe: 'Array of the .npz, or columns of the .csv (a,b,c), that hold the rows; default: guessed',
    type: 'string',
  },
  labels: {
    describe: 'Array or column of labels; of .npy and IDX files another file; default: guessed',
    type: 'string',
  },
  scale: {
    describe: 'Stored values are multiplied by this, such as 1/255; default: guessed',
    type: 'string',
  },
  workers: { describe: 'Threads; default: one per core', type: 'string' },
} as const satisfies OptionTable;

const usage = `Usage: $0 init MODEL [DATA] [options]

Write a policy for a model: looks at its inputs and outputs and at the data,
tries what can be proved and how far from the rows (about ten seconds), and
says in comments what was measured and what was guessed. "marauder check" runs
it. Without DATA, it only asks that every value be finite.`;

const builder = (parser: Argv) =>
  parser
    .usage(usage)
    .positional('model', { describe: 'ONNX file', type: 'string', demandOption: true })
    .positional('data', {
      describe: '.npz, .npy, .csv or IDX file, .gz or not, or folder of PNG or JPEG images',
      type: 'string',
    })
    .options(options)
    .example(...shown('$0 init net.onnx test.npz', 'then: marauder check'))
    .example(
      ...shown('$0 init net.onnx x.csv --labels species', 'where the labels are not found by themselves'),
    )
    .example(...shown('$0 init net.onnx --stdout', 'look first'));

type Args = Awaited<ReturnType<typeof builder>['argv']>;

function initOptions(args: Args): InitOptions {
  const { model, data, inputs, labels, output, stdout = false } = args;
  const scale = readNumber('init', 'scale', args.scale, 0);
  if (scale === 0) throw usageError('init', '--scale cannot be "0"', 'give a number above 0');
  if (stdout && output !== undefined)
    throw usageError('init', '--stdout and --output exclude each other', 'leave out one of them');
  const orphan = (['inputs', 'labels', 'scale'] as const).find((name) => args[name] !== undefined);
  if (data === undefined && orphan !== undefined)
    throw usageError('init', `--${orphan} goes with DATA`, 'give a data file behind the model');
  return {
    model,
    data,
    inputs: inputs?.split(','),
    labels,
    scale,
    output: stdout ? undefined : (output ?? defaultOutput),
    force: args.force ?? false,
    workers: readInteger('init', 'workers', args.workers, 1, 1024) ?? availableParallelism(),
  };
}

export const init: Command = {
  name: 'init',
  positionals: '<model> [data]',
  leastPositionals: 1,
  mostPositionals: 2,
  options,
  add: (parser, found) =>
    parser.command('init <model> [data]', 'Write a policy for a model', builder, (args) =>
      found({ command: 'init', options: initOptions(args) }),
    ),
};
