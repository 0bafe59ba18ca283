// `marauder bounds MODEL`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { defaultMemoryBytes, readBytes } from '../memory.js';
import type { BoundsOptions, Region } from '../options.js';
import { readChoice, readInteger, readNumber, readRange, usageError } from '../values.js';
import type { Command, OptionTable } from './common.js';

const options = {
  data: { describe: 'Rows to bound around: .npz, .npy, .csv or a folder of PNG images', type: 'string' },
  inputs: {
    describe: 'Array of the .npz, or columns of the .csv (a,b,c), that hold the rows',
    type: 'string',
  },
  labels: { describe: 'Array or column that holds labels, and no input', type: 'string' },
  scale: { describe: 'Stored values are multiplied by this, such as 1/255; default: 1', type: 'string' },
  row: { describe: 'One row, counted from 0; default: all', type: 'string' },
  rows: { describe: 'FROM:TO (TO is not one of them), or N for the first N rows', type: 'string' },
  linf: { describe: 'Greatest change of any element of a row, such as 0.05 or 8/255', type: 'string' },
  clip: { describe: 'MIN:MAX that every element keeps to', type: 'string' },
  box: { describe: 'MIN:MAX of every element, instead of rows', type: 'string' },
  method: {
    describe: 'crown (linear bounds) or ibp (intervals: faster, looser); default: crown',
    type: 'string',
  },
  arithmetic: {
    describe: 'deployed (float32, any order of summation) or real (exact); default: deployed',
    type: 'string',
  },
  memory: { describe: 'Ceiling for bounds in the making; default: 2GiB', type: 'string' },
  workers: { describe: 'Threads; default: one per core', type: 'string' },
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('model', { describe: 'ONNX file', type: 'string', demandOption: true })
    .options(options)
    .example('$0 bounds net.onnx --data x.npy --rows 0:10 --linf 0.01 --clip 0:1', 'around ten images')
    .example('$0 bounds net.onnx --box -1:1 --method ibp', 'over all inputs, with intervals')
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

const onlyWithData = ['inputs', 'labels', 'scale', 'row', 'rows', 'linf', 'clip'] as const;

/** Rows and a distance, or a box: an option that the other form would ignore is a mistake. */
function readRegion(args: Args): Region {
  const { data, inputs, labels, scale, linf, clip } = args;
  const range = readRange(name, 'box', args.box);
  if (data !== undefined && range !== undefined)
    throw usageError(name, '--data and --box exclude each other', 'keep rows in a range with --clip MIN:MAX');
  if (range !== undefined) {
    const idle = onlyWithData.find((option) => args[option] !== undefined);
    if (idle !== undefined) throw usageError(name, `--${idle} goes with --data, not with --box`);
    return { kind: 'box', range };
  }
  const usage = 'give --data FILE --linf EPSILON for boxes around rows, or --box MIN:MAX for one box';
  if (data === undefined) throw usageError(name, 'which inputs?', usage);
  const linfEpsilon = readNumber(name, 'linf', linf, 0);
  if (linfEpsilon === undefined) throw usageError(name, '--linf is missing', usage);
  return {
    kind: 'rows',
    file: data,
    inputs: inputs?.split(','),
    labels,
    scale: readScale(scale),
    rows: readRows(args),
    linfEpsilon,
    clip: readRange(name, 'clip', clip),
  };
}

function readScale(text: string | undefined): number {
  const scale = readNumber(name, 'scale', text, 0) ?? 1;
  if (scale > 0) return scale;
  throw usageError(name, `--scale cannot be ${JSON.stringify(text)}`, 'give a number above 0');
}

const greatestRow = 2 ** 31;

/** `--row 3`, `--rows 5`, `--rows 2:10`. */
function readRows({ row, rows }: Args): { readonly from: number; readonly to: number } | undefined {
  if (row !== undefined && rows !== undefined)
    throw usageError(name, '--row and --rows exclude each other', '--row 3 is --rows 3:4');
  const from = readInteger(name, 'row', row, 0, greatestRow);
  if (from !== undefined) return { from, to: from + 1 };
  if (rows === undefined) return undefined;
  const [, first = '0', end = ''] = /^(?:(\d+):)?(\d+)$/.exec(rows) ?? [];
  const range = { from: Number(first), to: end === '' ? Number.NaN : Number(end) };
  if (range.from < range.to && range.to <= greatestRow) return range;
  const hint =
    'give FROM:TO, rows from FROM (counted from 0) up to, but without, TO; or the number of first rows';
  throw usageError(name, `--rows cannot be ${JSON.stringify(rows)}`, hint);
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
