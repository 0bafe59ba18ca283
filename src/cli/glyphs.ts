// Which characters curves are drawn with.
import { asciiLevels, blocks } from '../report/sparkline.js';
import type { Environment } from './color.js';

/**
 * Blocks, unless the locale is another than UTF-8 or the terminal is the console of Linux, whose fonts have none.
 * The first of LC_ALL, LC_CTYPE and LANG that is set and not empty counts (POSIX, 8.2); where none is, as in containers, UTF-8.
 */
export function glyphsFor({ LC_ALL, LC_CTYPE, LANG, TERM }: Environment): string {
  const locale = LC_ALL || LC_CTYPE || LANG || 'UTF-8';
  return TERM === 'linux' || !/utf-?8/i.test(locale) ? asciiLevels : blocks;
}
