// `marauder coverage MODEL DATA`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import type { CoverageOptions } from '../options.js';
import { readInteger, usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';
import { dataOptions, dataTable } from './data-options.js';

const { data: _, ...rowOptions } = dataTable('');

const options = {
  calibrate: {
    describe: 'Data that ranges and references are taken from, such as training data; default: DATA itself',
    type: 'string',
  },
  'calibrate-inputs': {
    describe: 'Array or columns of --calibrate that hold the rows; default: as --inputs',
    type: 'string',
  },
  criteria: {
    describe: 'Names with commas between them, name:key=value with options; default: all',
    type: 'string',
  },
  layers: {
    describe: 'Values whose neurons count, with commas; default: results of all activation functions',
    type: 'string',
  },
  ...rowOptions,
  workers: { describe: 'Threads; default: one per core', type: 'string' },
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('model', { describe: 'ONNX file', type: 'string', demandOption: true })
    .positional('data', {
      describe: 'Test set: .npz, .npy, .csv or a folder of PNG images',
      type: 'string',
      demandOption: true,
    })
    .options(options)
    .example(...shown('$0 coverage net.onnx test.npy --calibrate train.npy', 'all criteria'))
    .example(
      ...shown(
        '$0 coverage net.onnx test.npy --criteria neuron-coverage,k-multisection:sections=100',
        'two of them',
      ),
    )
    .epilogue(`Exit codes:
  0    measured
  2    could not run
  130  interrupted by Ctrl-C; what is known is printed`);

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const name = 'coverage';

function coverageOptions(args: Args): CoverageOptions {
  const data = dataOptions(name, args);
  if (data === undefined) throw usageError(name, 'which test set?', 'give a model and its data');
  const inputs = args['calibrate-inputs'] ?? args.inputs;
  if (args['calibrate-inputs'] !== undefined && args.calibrate === undefined)
    throw usageError(name, '--calibrate-inputs goes with --calibrate');
  return {
    model: args.model,
    data,
    calibration:
      args.calibrate === undefined
        ? undefined
        : { ...data, file: args.calibrate, inputs: inputs?.split(','), rows: undefined },
    criteria: args.criteria,
    layers: args.layers?.split(',').map((layer) => layer.trim()),
    workers: readInteger(name, 'workers', args.workers, 1, 1024) ?? availableParallelism(),
    json: args.json ?? false,
  };
}

export const coverage: Command = {
  name,
  positionals: '<model> <data>',
  leastPositionals: 2,
  mostPositionals: 2,
  options,
  add: (parser, found) =>
    parser.command('coverage <model> <data>', 'Measure how well a test set covers a model', builder, (args) =>
      found({ command: 'coverage', options: coverageOptions(args) }),
    ),
};
