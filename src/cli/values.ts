// Usage errors, and the values of options that are more than text.
import { greatestFinite } from '../base/dtype.js';
import { UserError } from '../base/user-error.js';

/** @param command undefined where none was recognised */
export const usageError = (
  command: string | undefined,
  problem: string,
  hint = seeHelp(command),
): UserError =>
  new UserError('USAGE', {
    where: command === undefined ? 'marauder' : `marauder ${command}`,
    problem,
    hint,
  });

const seeHelp = (command: string | undefined): string =>
  command === undefined
    ? 'run "marauder --help" for commands and options'
    : `run "marauder ${command} --help" for what it takes`;

/** A whole number in decimal digits; undefined where the option is not given. */
export function readInteger(
  command: string,
  name: string,
  text: string | undefined,
  least: number,
  greatest: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= greatest) return value;
  const range = `give a whole number from ${least} to ${greatest}`;
  throw usageError(command, `--${name} cannot be ${JSON.stringify(text)}`, range);
}

const decimal = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/** A decimal number, or a quotient of two such as `8/255`, from `least` on; undefined where the option is not given. */
export function readNumber(
  command: string,
  name: string,
  text: string | undefined,
  least: number,
): number | undefined {
  if (text === undefined) return undefined;
  const [, over, under = '1'] = new RegExp(`^(${decimal})(?:/(${decimal}))?$`).exec(text) ?? [];
  const value = Number(over) / Number(under);
  if (value >= least && value <= greatestFinite.float32) return value;
  const hint = `give a number from ${least} on, such as 0.05 or 8/255`;
  throw usageError(command, `--${name} cannot be ${JSON.stringify(text)}`, hint);
}

const seconds: Readonly<Record<string, number>> = {
  '': 1,
  ms: 0.001,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
};

/** `90s`, `1.5m`, `2h`, or seconds without a unit, in seconds; undefined where the option is not given. */
export function readDuration(command: string, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit = ''] = /^(\d+\.?\d*|\.\d+)([a-z]*)$/.exec(text) ?? [];
  const value = Number(amount) * (Object.hasOwn(seconds, unit) ? (seconds[unit] ?? Number.NaN) : Number.NaN);
  if (value > 0 && value < Infinity) return value;
  throw usageError(
    command,
    `--${name} cannot be ${JSON.stringify(text)}`,
    'give a time such as 90s, 10m or 2h',
  );
}

/** `MIN:MAX`, both finite in float32, MIN at most MAX; undefined where the option is not given. */
export function readRange(
  command: string,
  name: string,
  text: string | undefined,
): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const [, low, high] = new RegExp(`^(${decimal}):(${decimal})$`).exec(text) ?? [];
  const [least, most] = [Number(low), Number(high)];
  if (Math.abs(least) <= greatestFinite.float32 && Math.abs(most) <= greatestFinite.float32 && least <= most)
    return [least, most];
  const hint = `give MIN:MAX, two numbers with MIN at most MAX, such as -1:1`;
  throw usageError(command, `--${name} cannot be ${JSON.stringify(text)}`, hint);
}

/** One of some words; undefined where the option is not given. */
export function readChoice<T extends string>(
  command: string,
  name: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw usageError(command, `--${name} cannot be ${JSON.stringify(text)}`, `give ${choices.join(' or ')}`);
}
