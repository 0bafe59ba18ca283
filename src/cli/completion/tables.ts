// Commands as completion needs them.
import { type Command, commonOptions } from '../commands/common.js';
import { shells } from './shells.js';

export type CompletedOption = {
  /** With its dashes. */
  readonly flag: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly repeats: boolean;
  /** Values to choose from; none: a file, or anything. */
  readonly words: readonly string[];
};

export type Completed = {
  readonly name: string;
  readonly options: readonly CompletedOption[];
  /** What stands behind the command; none: files. */
  readonly words: readonly string[];
};

const help = { help: { describe: 'Show help', type: 'boolean' } } as const;

export const completedCommands = (commands: readonly Command[]): Completed[] =>
  commands.map(({ name, options }) => ({
    name,
    options: Object.entries<Command['options'][string]>({ ...options, ...commonOptions, ...help }).map(
      ([option, { describe = '', type, multiple, words = [] }]) => ({
        flag: `--${option}`,
        about: describe,
        takesValue: type === 'string',
        repeats: multiple === true,
        words,
      }),
    ),
    words: name === 'completion' ? shells : [],
  }));
