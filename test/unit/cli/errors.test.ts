import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/base/user-error.js';
import { createStyle } from '../../../src/cli/color.js';
import { errorText } from '../../../src/cli/errors.js';
import { guardStream } from '../../../src/cli/streams.js';
import { plain } from '../../../src/report/style.js';

const userError = new UserError('INVALID_POLICY', {
  where: 'p.yaml:3:5',
  problem: 'no\nmodels',
  hint: 'name one',
});

describe('errorText', () => {
  test("a user's error: what, where, what to do", () => {
    const text = 'error[INVALID_POLICY] p.yaml:3:5: no models\n  hint: name one\n';
    expect(errorText(userError, plain, false)).toBe(text);
    expect(errorText(userError, createStyle(true), false)).toContain('\u001b[31merror[INVALID_POLICY]');
  });

  test.each<[string, string, string, string]>([
    ['plain', 'y[0] = 1', '=', '       ^'],
    ['at the end', 'y[0] >', '', '        ^'],
    ['wide characters', '日本 = 1', '=', '       ^'],
    ['beyond 16 bits', '🙂🙂 = 1', '=', '       ^'],
    ['line breaks, tabs, wide and narrow spaces', 'y[0]\n\t\u3000\u2003= 1', '=', '          ^'],
    ['escapes', '\u001b[31m = 1', '=', '        ^'],
    ['marks that turn the text around', '1 \u202e= 1', '=', '     ^'],
  ])('a caret below the place: %s', (_, line, sign, caret) => {
    const at = sign === '' ? line.length : line.indexOf(sign);
    const wrong = new UserError('USAGE', { where: 'w', problem: 'p', excerpt: { line, at } });
    const lines = errorText(wrong, plain, false).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe(caret);
    expect(lines[1]?.length).toBe(2 + line.length);
    expect(lines[1]).not.toMatch(/[\p{Cc}\u202e\u3000]/u);
  });

  test('a stack only when asked for, with its causes', () => {
    const bug = new TypeError('x is undefined', { cause: new RangeError('deeper') });
    expect(errorText(bug, plain, false)).toMatch(
      /^error\[BUG\] x is undefined\n {2}this is a bug in Marauder/,
    );
    expect(errorText(bug, plain, false)).not.toContain(' at ');
    expect(errorText(bug, plain, true)).toMatch(
      /TypeError: x is undefined\n {4}at [\s\S]*caused by\nRangeError: deeper/,
    );
  });

  test.each([undefined, null, '', 'text', {}])('whatever was thrown: %j', (thrown) => {
    expect(errorText(thrown, plain, true)).toMatch(/^error\[BUG\] .+\n/);
  });
});

describe('guardStream', () => {
  const failing = (code: string) => {
    const stream = new PassThrough();
    const guard = guardStream(stream, 'standard output');
    stream.emit('error', Object.assign(new Error(code), { code }));
    return guard;
  };

  test('a closed pipe is quiet', async () => {
    await expect(failing('EPIPE').check()).resolves.toBeUndefined();
  });

  test('a full disk is not', async () => {
    await expect(failing('ENOSPC').check()).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });
});
