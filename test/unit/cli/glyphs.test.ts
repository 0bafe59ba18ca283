import { expect, test } from 'vitest';
import { glyphsFor } from '../../../src/cli/glyphs.js';
import { asciiLevels, blocks } from '../../../src/report/sparkline.js';

test.each([
  [{}, blocks],
  [{ LANG: 'en_US.UTF-8' }, blocks],
  [{ LANG: 'C.utf8', TERM: 'xterm' }, blocks],
  [{ LANG: 'C' }, asciiLevels],
  [{ LANG: 'de_DE.ISO-8859-1' }, asciiLevels],
  [{ LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' }, asciiLevels],
  [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, blocks],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, asciiLevels],
])('%o', (env, glyphs) => {
  expect(glyphsFor(env)).toBe(glyphs);
});
