import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { errorCodes } from '../../../src/base/error-codes.js';
import { runExplain } from '../../../src/cli/explain.js';
import type { Io } from '../../../src/cli/options.js';
import { plain } from '../../../src/report/style.js';

function explained(code?: string): string {
  const stdout = new PassThrough();
  runExplain({ code }, { stdout, style: plain } as unknown as Io);
  return String(stdout.read());
}

test.each(['FILE_UNREADABLE', 'file_unreadable', 'error[FILE_UNREADABLE]', 'file-unreadable'])(
  '%s',
  (code) => {
    expect(explained(code)).toBe(
      [
        'FILE_UNREADABLE  The file exists but cannot be read: a folder, missing permission, not UTF-8 where text is expected.',
        '',
        '   Example  error[FILE_UNREADABLE] models/net.onnx: permission denied',
        'What to do  Correct the permissions or the path; save text as UTF-8.',
        '',
      ].join('\n'),
    );
  },
);

test('without a code: all of them, and our own mistakes', () => {
  const codes = explained()
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(codes).toEqual([...Object.keys(errorCodes), 'BUG']);
});

test.each([
  ['INVALID_DTA', 'did you mean "INVALID_DATA"?'],
  ['toString', 'no error code "toString"'],
])('%s is no code', (code, words) => {
  expect(() => explained(code)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(() => explained(code)).toThrow(words);
});
