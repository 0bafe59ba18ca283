// How long the checker is, counted as docs/certificates.md says: whoever audits it has to read all of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = new URL('../../../src/certify', import.meta.url).pathname;

/** Neither blank nor a comment. */
const linesIn = (file: string): number =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(\/\/|\/\*|\*)/.test(line.trim())).length;

test('lines of code of what proves, and of what reads operators', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const count = (isReading: boolean) =>
    files
      .filter((file) => file.startsWith('lower') === isReading)
      .reduce((sum, file) => sum + linesIn(file), 0);
  expect(count(false)).toBeGreaterThan(500);
  expect(count(false)).toBeLessThan(1200);
  expect(count(true)).toBeLessThan(950);
});
