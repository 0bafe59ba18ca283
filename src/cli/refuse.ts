// Refuses a command line before yargs reads it. yargs takes a repeated or empty option, `--flag=maybe` and positional
// arguments given as options in silence, trips over `--constructor`, and does not suggest the option that was meant.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../policy/suggest.js';
import { type Command, commonOptions, type OptionTable } from './commands/common.js';
import { usageError } from './values.js';

const builtIn = { help: { type: 'boolean' }, version: { type: 'boolean' } } as const satisfies OptionTable;

type Tokens = ReturnType<typeof tokensOf>;
type OptionToken = Extract<Tokens[number], { kind: 'option' }>;

/**
 * @returns the command that is called; undefined where text is asked for
 * @throws UserError (USAGE) unless `argv` asks for help or is a well-formed call of one of `commands`
 */
export function refuseMalformed(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const tokens = tokensOf(argv, commands);
  const given = tokens.filter((token) => token.kind === 'option');
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const [name, ...rest] = positionals;
  if (name === 'help' || given.some(asksForText)) return undefined;
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined && name !== undefined) throw unknownCommand(name, commands);
  refuseOptions(given, command);
  if (command === undefined) throw usageError(undefined, 'no command given');
  refusePositionals(rest, command);
  return command;
}

const asksForText = ({ name, value }: OptionToken): boolean =>
  Object.hasOwn(builtIn, name) && value === undefined;

/** An option has the same type in all commands that know it, so one table reads every command line. */
function tokensOf(argv: readonly string[], commands: readonly Command[]) {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const table of [builtIn, commonOptions, ...commands.map((command) => command.options)]) {
    for (const [name, { type }] of Object.entries(table)) options[name] ??= { type };
  }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function refuseOptions(given: readonly OptionToken[], command: Command | undefined): void {
  const known: OptionTable = { ...command?.options, ...commonOptions, ...builtIn };
  const seen = new Set<string>();
  for (const option of given) {
    const isRepeated = seen.has(option.name) && known[option.name]?.multiple !== true;
    const problem = isRepeated ? `${option.rawName} is given twice` : problemOf(option, known);
    if (problem !== undefined) throw usageError(command?.name, problem);
    seen.add(option.name);
  }
}

function problemOf(
  { name, rawName, value, inlineValue }: OptionToken,
  known: OptionTable,
): string | undefined {
  if (!Object.hasOwn(known, name))
    return `unknown option ${rawName}${didYouMean(name, Object.keys(known), '--')}`;
  if (known[name]?.type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value`;
  // `--report --quiet` forgot a value; `--report=--quiet`, `--seed -1` and `--box -.5:1` did not.
  const forgotten = !inlineValue && /^-(?![\d.])/.test(value ?? '');
  return value === undefined || value === '' || forgotten ? `${rawName} needs a value` : undefined;
}

function refusePositionals(given: readonly string[], command: Command): void {
  const usage = `usage: marauder ${command.name} ${command.positionals}`;
  if (given.length < command.leastPositionals) {
    throw usageError(command.name, `${command.positionals} is missing`, usage);
  }
  const extra = given[command.mostPositionals];
  if (extra !== undefined)
    throw usageError(command.name, `unexpected argument ${JSON.stringify(extra)}`, usage);
}

function unknownCommand(name: string, commands: readonly Command[]) {
  const near = didYouMean(
    name,
    commands.map((command) => command.name),
  );
  const hint = /\.(ya?ml|json)$/.test(name) ? `run "marauder check ${name}"` : undefined;
  return usageError(undefined, `unknown command ${JSON.stringify(name)}${near}`, hint);
}

function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean ${prefix}${near}?`;
}
