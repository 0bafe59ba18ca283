// docs/errors.md and the table of error codes say the same.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCodes } from '../../../src/base/error-codes.js';

const document = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

test('every error code has its row, word for word, and every row a code', () => {
  const rows = document
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const expected = Object.entries(errorCodes).map(([code, { means, example, todo }]) => [
    `\`${code}\``,
    means,
    `\`${example}\``,
    todo,
  ]);
  expect(rows).toEqual(expected);
});
