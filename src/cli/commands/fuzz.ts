// `marauder fuzz [MODEL|POLICY]`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { isModel } from '../fuzz/is-model.js';
import type { FuzzCommandOptions } from '../options.js';
import { readChoice, readDuration, readInteger, readNumber, readRange, usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';
import { type DataArgs, dataOptions, dataTable, onlyWithData } from './data-options.js';

const options = {
  ...dataTable('Rows to start from: .npz, .npy, .csv, IDX or a folder of images'),
  linf: { describe: 'Greatest change of any element of a row, such as 0.05 or 8/255', type: 'string' },
  l2: { describe: 'Greatest Euclidean distance to the row', type: 'string' },
  l0: { describe: 'Greatest number of elements that differ from the row', type: 'string' },
  deephunter: {
    describe: "ALPHA:BETA of DeepHunter's rule: few changes of any size, or small ones everywhere",
    type: 'string',
  },
  range: { describe: 'MIN:MAX that every element keeps to; default: what the rows have', type: 'string' },
  objective: {
    describe:
      'What counts as a finding, names separated by commas: finite, robustness, precision:float16, precision:int8, agreement:OTHER.onnx, backend:gpu; or expression:TEXT, which must hold',
    type: 'string',
  },
  coverage: {
    describe:
      'What counts as new, names separated by commas, with options as in k-multisection:sections=100; "none": only what comes nearer to a violation; default: activation-distance,neuron-coverage',
    type: 'string',
  },
  layers: { describe: 'Values whose neurons are covered, by name; default: all activations', type: 'string' },
  mutators: { describe: 'How inputs are changed, names separated by commas; default: all', type: 'string' },
  schedule: { describe: 'uniform, recent, fast, explore or exploit; default: recent', type: 'string' },
  'no-gradients': { describe: 'Do not follow gradients, only mutate', type: 'boolean' },
  'no-feedback': { describe: 'Keep nothing: mutate the rows alone, as a baseline', type: 'boolean' },
  backend: {
    describe: 'onnxruntime, gpu (gpu.js) or auto (the faster one); default: onnxruntime',
    type: 'string',
    words: ['onnxruntime', 'gpu', 'auto'],
  },
  property: { describe: 'Only these properties of the policy, names separated by commas', type: 'string' },
  time: { describe: 'How long to search, such as 90s, 10m, 2h; default: 60s', type: 'string' },
  executions: { describe: 'How many inputs to execute: the same result each time', type: 'string' },
  seed: { describe: "Seed of all randomness; default: the policy's, or 1", type: 'string' },
  workers: { describe: 'Threads; default: one per core', type: 'string' },
  'output-dir': { describe: 'Folder for corpora and findings; default: .marauder', type: 'string' },
  fresh: { describe: 'Start anew: set aside the corpus that earlier runs left', type: 'boolean' },
  json: { describe: 'Print the summary as JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('target', { describe: 'ONNX file or policy; default: the nearest policy', type: 'string' })
    .options(options)
    .example(
      ...shown('$0 fuzz net.onnx --data x.npz --linf 0.1', 'other classes, NaN and infinity near the rows'),
    )
    .example(
      ...shown(
        '$0 fuzz net.onnx --data x.npz --linf 0.4 --objective precision:float16',
        'float32 against float16',
      ),
    )
    .example(...shown('$0 fuzz --time 10m', 'all properties of marauder.policy.yaml; run it again to go on'))
    .epilogue(`Exit codes:
  0    no findings
  1    findings, now or in earlier runs
  2    could not run, or the time ended before anything was executed
  130  interrupted by Ctrl-C; all is saved, and running again goes on`);

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const name = 'fuzz';
const greatestCount = 2 ** 48;

const fuzzOptions = (args: Args): FuzzCommandOptions => ({
  target: args.target,
  properties: args.property?.split(','),
  data: readData(args),
  range: readRange(name, 'range', args.range),
  linfEpsilon: readNumber(name, 'linf', args.linf, 0),
  l2Epsilon: readNumber(name, 'l2', args.l2, 0),
  l0Count: readInteger(name, 'l0', args.l0, 1, 2 ** 31),
  deepHunter: readDeepHunter(args.deephunter),
  objectives: args.objective,
  coverage: args.coverage,
  layers: args.layers?.split(','),
  mutators: args.mutators,
  scheduler: args.schedule,
  gradients: !(args['no-gradients'] ?? false),
  feedback: !(args['no-feedback'] ?? false),
  backend: readChoice(name, 'backend', args.backend, ['onnxruntime', 'gpu', 'auto']) ?? 'onnxruntime',
  seconds: readDuration(name, 'time', args.time),
  executions: readInteger(name, 'executions', args.executions, 1, greatestCount),
  seed: readInteger(name, 'seed', args.seed, 0, 2 ** 32 - 1),
  workers: readInteger(name, 'workers', args.workers, 1, 1024) ?? availableParallelism(),
  outputDir: args['output-dir'] ?? '.marauder',
  fresh: args.fresh ?? false,
  json: args.json ?? false,
});

/** What a policy says itself. */
const onlyWithModel = [
  'data',
  ...onlyWithData,
  'range',
  'linf',
  'l2',
  'l0',
  'deephunter',
  'objective',
] as const;

function requireFitting(args: Args): void {
  if (isModel(args.target)) {
    if (args.property === undefined) return;
    throw usageError(name, '--property goes with a policy', 'a model has no properties: see --objective');
  }
  const idle = onlyWithModel.find((option) => args[option] !== undefined);
  if (idle === undefined) return;
  const hint = 'name a file that ends in .onnx, or write it into the policy';
  throw usageError(name, `--${idle} goes with a model`, hint);
}

function readData(args: Args & DataArgs): FuzzCommandOptions['data'] {
  requireFitting(args);
  const data = dataOptions(name, args);
  if (data !== undefined) return data;
  const idle = [...onlyWithData, 'linf', 'l2', 'l0', 'deephunter'] as const;
  const found = idle.find((option) => args[option] !== undefined);
  if (found !== undefined) throw usageError(name, `--${found} goes with --data`);
  return undefined;
}

function readDeepHunter(text: string | undefined): FuzzCommandOptions['deepHunter'] {
  const range = readRange(name, 'deephunter', text);
  if (range === undefined) return undefined;
  const [alpha, beta] = range;
  if (alpha > 0 && beta <= 1) return { alpha, beta };
  throw usageError(
    name,
    `--deephunter cannot be ${JSON.stringify(text)}`,
    'give two shares such as 0.02:0.2',
  );
}

export const fuzz: Command = {
  name,
  positionals: '[target]',
  leastPositionals: 0,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('fuzz [target]', 'Search for inputs that make a model fail', builder, (args) =>
      found({ command: 'fuzz', options: fuzzOptions(args) }),
    ),
};
