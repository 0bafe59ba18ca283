// `marauder verify-proof CERTIFICATE --model MODEL`
import type { Argv } from 'yargs';
import { type EngineName, engineNames } from '../certificates/engine-names.js';
import { readChoice } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  model: { describe: 'ONNX file that the proof is about, .gz or not', type: 'string' },
  property: { describe: 'VNN-LIB file that the proof has to be of', type: 'string' },
  engine: {
    describe:
      'typescript (plain loops, without ONNX Runtime), onnxruntime, or both, which then have to agree; default: both',
    type: 'string',
    words: ['both', ...engineNames],
  },
  json: { describe: 'Print JSON, for other programs', type: 'boolean' },
} as const satisfies OptionTable;

const builder = (parser: Argv) =>
  parser
    .positional('certificate', {
      describe: 'File that prove --certificate wrote',
      type: 'string',
      demandOption: true,
    })
    .options({ ...options, model: { ...options.model, demandOption: true } })
    .example(...shown('$0 verify-proof p.cert --model m.onnx', 'check a proof again'))
    .epilogue(`Exit codes:
  0    accepted, by every engine: the proof holds for the model
  1    rejected, with the reason
  2    could not run
  130  interrupted by Ctrl-C`);

export const verifyProof: Command = {
  name: 'verify-proof',
  positionals: '<certificate>',
  leastPositionals: 1,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('verify-proof <certificate>', 'Check a proof that prove wrote', builder, (args) =>
      found({
        command: 'verify-proof',
        options: {
          certificate: args.certificate,
          model: args.model,
          property: args.property,
          engines: readEngines(args.engine),
          json: args.json ?? false,
        },
      }),
    ),
};

function readEngines(typed: string | undefined): readonly EngineName[] {
  const chosen = readChoice('verify-proof', 'engine', typed, ['both', ...engineNames]) ?? 'both';
  return chosen === 'both' ? engineNames : [chosen];
}
