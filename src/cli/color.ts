// Whether to colour, and the colours of each role. chalk ignores NO_COLOR, so the decision is made here.
import { Chalk, type ColorSupportLevel } from 'chalk';
import type { Style } from '../report/style.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * First that applies: --no-color, NO_COLOR (https://no-color.org: set and not empty), FORCE_COLOR, then the stream:
 * colour on a terminal that is not `dumb`, none in a file or pipe.
 */
export function wantsColor(
  noColorFlag: boolean,
  env: Environment,
  stream: { readonly isTTY?: boolean },
): boolean {
  if (noColorFlag || (env.NO_COLOR ?? '') !== '') return false;
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** The sixteen basic colours only: every terminal has them and its owner has chosen how they look. */
export function createStyle(color: boolean): Style {
  const level: ColorSupportLevel = color ? 1 : 0;
  const chalk = new Chalk({ level });
  return {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    strong: chalk.bold,
    faint: chalk.dim,
    command: chalk.cyan,
  };
}
