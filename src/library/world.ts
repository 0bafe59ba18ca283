// The world of a command, for a caller who has no terminal: nothing is printed, and the caller's signal ends it.
import { createStyle } from '../cli/color.js';
import type { Io } from '../cli/options.js';

/** What all functions of the library take. */
export type CommonOptions = {
  /** Threads; default: one per core. Without effect on the result. */
  readonly workers?: number;
  /** Ends the work early; what was found until then is returned. */
  readonly signal?: AbortSignal;
  /** Folder for findings and corpora, as the command line has it; default: ".marauder". */
  readonly outputDir?: string;
};

export const defaultOutputDir = '.marauder';

/** Files are found from the working directory of the process, as they are on the command line. */
export const worldFor = ({ signal = new AbortController().signal }: CommonOptions): Io => ({
  stdout: nowhere(),
  stderr: nowhere(),
  style: createStyle(false),
  errorStyle: createStyle(false),
  cwd: process.cwd(),
  env: {},
  clock: () => performance.now(),
  signal,
});

const nowhere = (): Io['stdout'] => ({ write: () => true });
