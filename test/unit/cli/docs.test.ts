// docs/errors.md and the error codes of the source go together.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('every error code has its row, and every row a code', () => {
  const [union = ''] = /export type ErrorCode =([^;]*);/.exec(read('src/base/user-error.ts'))?.slice(1) ?? [];
  const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]);
  const rows = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` *\|/gm)].map((match) => match[1]);
  expect(codes.length).toBeGreaterThan(0);
  expect(rows).toEqual(codes);
});
