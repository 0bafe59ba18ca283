// Usage errors, and the values of options that are more than text.
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
