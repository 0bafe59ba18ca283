// `marauder bounds MODEL`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { defaultMemoryBytes, readBytes } from '../memory.js';
import type { BoundsOptions, Region } from '../options.js';
import { readChoice, readInteger, readNumber, readRange, usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';
import { dataOptions, dataTable, onlyWithData } from './data-options.js';

const options = {
  ...dataTable('Rows to bound around: .npz, .npy, .csv or a folder of PNG images'),
  linf: { describe: 'Greatest change of any element of a row, such as 0.05 or 8/255', type: 'string' },
  clip: { describe: 'MIN:MAX that every element keeps to', type: 'string' },
  box: { describe: 'MIN:MAX of every element, instead of rows', type: 'string' },
  method: {
    describe: 'crown (linear bounds) or ibp (intervals: faster, looser); default: crown',
    type: 'string',
    words: ['ibp', 'crown'],
  },
  arithmetic: {
    describe: 'deployed (float32, any order of summation) or real (exact); default: deployed',
    type: 'string',
    words: ['deployed', 'real'],
  },
  memory: { describe: 'Ceiling for bounds in the making; default: 2GiB', type: 'string' },
  workers: { describe: 'Threads; default: one per core', type: 'string' },
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('model', { describe: 'ONNX file', type: 'string', demandOption: true })
    .options(options)
    .example(
      ...shown('$0 bounds net.onnx --data x.npy --rows 0:10 --linf 0.01 --clip 0:1', 'around ten images'),
    )
    .example(...shown('$0 bounds net.onnx --box -1:1 --method ibp', 'over all inputs, with intervals'))
    .epilogue(`Exit codes:
  0    every output has bounds
  1    some output has none: a node without rule, or values that may be infinite
  2    could not run
  130  interrupted by Ctrl-C; what is known is printed`);

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const name = 'bounds';

const boundsOptions = (args: Args): BoundsOptions => ({
  model: args.model,
  region: readRegion(args),
  method: readChoice(name, 'method', args.method, ['ibp', 'crown']) ?? 'crown',
  arithmetic: readChoice(name, 'arithmetic', args.arithmetic, ['deployed', 'real']) ?? 'deployed',
  memoryBytes: readBytes(name, 'memory', args.memory) ?? defaultMemoryBytes,
  workers: readInteger(name, 'workers', args.workers, 1, 1024) ?? availableParallelism(),
  json: args.json ?? false,
});

/** Rows and a distance, or a box: an option that the other form would ignore is a mistake. */
function readRegion(args: Args): Region {
  const { linf, clip } = args;
  const data = dataOptions(name, args);
  const range = readRange(name, 'box', args.box);
  if (data !== undefined && range !== undefined)
    throw usageError(name, '--data and --box exclude each other', 'keep rows in a range with --clip MIN:MAX');
  if (range !== undefined) {
    const idle = ([...onlyWithData, 'linf', 'clip'] as const).find((option) => args[option] !== undefined);
    if (idle !== undefined) throw usageError(name, `--${idle} goes with --data, not with --box`);
    return { kind: 'box', range };
  }
  const usage = 'give --data FILE --linf EPSILON for boxes around rows, or --box MIN:MAX for one box';
  if (data === undefined) throw usageError(name, 'which inputs?', usage);
  const linfEpsilon = readNumber(name, 'linf', linf, 0);
  if (linfEpsilon === undefined) throw usageError(name, '--linf is missing', usage);
  return { kind: 'rows', ...data, linfEpsilon, clip: readRange(name, 'clip', clip) };
}

export const bounds: Command = {
  name,
  positionals: '<model>',
  leastPositionals: 1,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('bounds <model>', 'Bound the outputs of a model over sets of inputs', builder, (args) =>
      found({ command: 'bounds', options: boundsOptions(args) }),
    ),
};
