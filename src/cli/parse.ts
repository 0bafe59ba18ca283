// The command line -> what it asks for. Reads nothing but its arguments and prints nothing.
import type { Argv } from 'yargs';
import { baseline } from './commands/baseline.js';
import { bounds } from './commands/bounds.js';
import { check } from './commands/check.js';
import { type Command, commonOptions, type Found, shown } from './commands/common.js';
import { completion } from './commands/completion.js';
import { coverage } from './commands/coverage.js';
import { distill } from './commands/distill.js';
import { explain } from './commands/explain.js';
import { fuzz } from './commands/fuzz.js';
import { init } from './commands/init.js';
import { inspect } from './commands/inspect.js';
import { merge } from './commands/merge.js';
import { mergeReports } from './commands/merge-reports.js';
import { minimize } from './commands/minimize.js';
import { operators } from './commands/operators.js';
import { prove } from './commands/prove.js';
import { replay } from './commands/replay.js';
import { verifyProof } from './commands/verify-proof.js';
import type { Invocation } from './options.js';
import { refuseMalformed } from './refuse.js';
import { usageError } from './values.js';
import { version } from './version.js';

export const commands: readonly Command[] = [
  init,
  check,
  fuzz,
  inspect,
  bounds,
  prove,
  verifyProof,
  coverage,
  replay,
  minimize,
  merge,
  mergeReports,
  distill,
  operators,
  completion,
  baseline,
  explain,
];

const about = `Marauder maps where a neural network can fail. It searches ONNX models for
inputs that violate your policy, and proves where it can that there are none.

Usage: $0 <command> [options]`;

const exitCodes = `Exit codes:
  0    gate passed: every property has the verdict that the policy asks for
  1    gate failed: a property is violated, or not shown as the policy asks
  2    could not run: wrong usage, or a file that is missing or invalid
  130  interrupted by Ctrl-C; a partial report is written`;

/** @param columns width of the terminal, for help texts */
export async function parseCommandLine(argv: readonly string[], columns = 80): Promise<Invocation> {
  const called = refuseMalformed(argv, commands);
  if (called?.direct !== undefined) return called.direct(argv);
  let invocation: Invocation | undefined;
  let printed = '';
  const { default: yargs } = await import('yargs');
  const parser = createParser(yargs(), Math.min(columns, 100), (found) => {
    invocation = found;
  });
  await parser.parseAsync(
    joinedNegatives(withoutTerminator(argv)),
    {},
    (error: unknown, _args: unknown, output: string) => {
      if (error) throw error;
      printed = output;
    },
  );
  return invocation ?? { command: 'print', text: `${printed}\n` };
}

function createParser(bare: Argv, columns: number, found: Found): Argv {
  const parser = bare
    .scriptName('marauder')
    .locale('en')
    // Options are read as they are written: no prefixes, dots, numbers or camel case behind the user's back.
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .usage(about)
    .options(commonOptions)
    .example(...shown('$0 init net.onnx test.npz', 'write a first policy for a model'))
    .example(...shown('$0 check', 'check marauder.policy.yaml, here or in a folder above'))
    .example(...shown('$0 fuzz net.onnx --data x.npy --linf 0.1', 'search one model for a minute'))
    .example(...shown('$0 inspect net.onnx', 'look at a model'))
    .example(...shown('$0 bounds net.onnx --data x.npy --linf 0.01', 'what its outputs can be near each row'))
    .example(...shown('$0 prove net.onnx property.vnnlib', 'decide a VNN-LIB property'))
    .example(...shown('$0 replay .marauder/findings', 'run all that was found again'))
    .example(...shown('$0 minimize .marauder/findings', 'make all of it as small as it goes'))
    .epilogue(exitCodes)
    .alias('h', 'help')
    .version(version)
    .wrap(columns)
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      // Errors of our own pass; yargs' have only a message.
      throw error ?? usageError(undefined, message);
    });
  return commands.reduce<Argv>((grown, command) => command.add(grown, found), parser);
}

/**
 * Without the `--` after which nothing is an option, for which yargs finds no positional arguments.
 * All of ours are paths, so a `./` keeps one that begins with a dash from being read as an option.
 */
function withoutTerminator(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  if (end < 0) return [...argv];
  const paths = argv.slice(end + 1).map((path) => (path.startsWith('-') ? `./${path}` : path));
  return [...argv.slice(0, end), ...paths];
}

/** `--box -1:1` as `--box=-1:1`: yargs takes what begins with a dash for options, unless it is a number. */
const joinedNegatives = (argv: readonly string[]): string[] =>
  argv.flatMap((word, at) => {
    const [before = '', after = ''] = [argv[at - 1], argv[at + 1]];
    if (isNegative(word) && takesValue(before)) return [];
    return takesValue(word) && isNegative(after) ? [`${word}=${after}`] : [word];
  });

const isNegative = (word: string): boolean => /^-[\d.]/.test(word);

const takesValue = (word: string): boolean =>
  commands.some(({ options }) =>
    Object.entries(options).some(([name, { type }]) => type === 'string' && word === `--${name}`),
  );
