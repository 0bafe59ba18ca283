// The first file of the command line: what takes long to start does so while the rest is loaded.
import { threadsAhead } from './prove/start.js';

/** Runs one command line; the result is the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const ahead = threadsAhead(argv);
  return (await import('./main.js')).main(argv, ahead);
}
