// `marauder distill CORPUS`
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import type { DistillOptions } from '../options.js';
import { readInteger, usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  model: { describe: 'ONNX file whose coverage counts; default: the model of the corpus', type: 'string' },
  criteria: {
    describe: 'Coverage criteria, such as neuron-coverage,k-multisection; default: those of fuzzing',
    type: 'string',
  },
  output: { describe: 'Folder for the distilled corpus; it must not hold one', type: 'string' },
  workers: { describe: 'Threads, without effect on the result; default: one per core', type: 'string' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('corpus', {
      describe: 'Corpus folder, or .npz file with an array "inputs"',
      type: 'string',
      demandOption: true,
    })
    .options(options)
    .example(...shown('$0 distill corpus --output small', 'the smallest part that covers the same'))
    .example(
      ...shown('$0 distill c.npz --model net.onnx --criteria k-multisection --output small', 'by sections'),
    );

type Args = Awaited<ReturnType<typeof builder>['argv']>;

const name = 'distill';

function distillOptions(args: Args): DistillOptions {
  const { corpus, model, criteria, output } = args;
  if (output === undefined)
    throw usageError(name, '--output is missing', 'name a folder for the result: --output FOLDER');
  const workers = readInteger(name, 'workers', args.workers, 1, 1024) ?? availableParallelism();
  return { corpus, model, criteria, output, workers };
}

export const distill: Command = {
  name,
  positionals: '<corpus>',
  leastPositionals: 1,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command(
      'distill <corpus>',
      'Keep the part of a corpus that covers what all of it does',
      builder,
      (args) => found({ command: name, options: distillOptions(args) }),
    ),
};
