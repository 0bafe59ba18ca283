// `marauder verify-proof CERTIFICATE --model MODEL`
import type { Argv } from 'yargs';
import { type Command, type OptionTable, shown } from './common.js';

const options = {
  model: { describe: 'ONNX file that the proof is about, .gz or not', type: 'string' },
  property: { describe: 'VNN-LIB file that the proof has to be of', type: 'string' },
  independent: {
    describe: 'Check in plain TypeScript, without ONNX Runtime',
    type: 'boolean',
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
  0    accepted: the proof holds for the model
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
          independent: args.independent ?? false,
          json: args.json ?? false,
        },
      }),
    ),
};
