// What all commands share: common options, and the description by which an argument is known or refused.
import type { Argv, Options } from 'yargs';
import type { Invocation } from '../options.js';

/** Receives the options of the one command that was asked for. */
export type Found = (invocation: Invocation) => void;

/** `multiple`: may be given several times, with one value each. `words`: values that a shell offers. */
export type OptionTable = Readonly<
  Record<
    string,
    Options & {
      readonly type: 'string' | 'boolean';
      readonly multiple?: true;
      readonly words?: readonly string[];
    }
  >
>;

export type Command = {
  readonly name: string;
  /** As a usage line shows them. */
  readonly positionals: string;
  readonly leastPositionals: number;
  readonly mostPositionals: number;
  /** Without the common ones. */
  readonly options: OptionTable;
  /** Adds the command to a parser. */
  readonly add: (parser: Argv, found: Found) => Argv;
  /** Reads a well-formed call by itself: loading yargs takes longer than the least that some commands do. */
  readonly direct?: (argv: readonly string[]) => Invocation;
};

export const commonOptions = {
  'no-color': { describe: 'No colour (so does NO_COLOR=1)', type: 'boolean' },
  debug: { describe: 'Show stack traces of internal errors (so does MARAUDER_DEBUG=1)', type: 'boolean' },
} as const satisfies OptionTable;

/** An example as yargs takes it: what it is for above the command, which then fits on a line and can be copied. */
export const shown = (command: string, about: string): [string, string] => [`${about}:\n  ${command}\n`, ''];
