// Property files: plain, compressed, missing or damaged.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readVnnlib } from '../../../../src/policy/vnnlib/read.js';
import { failureOf, folderOf } from '../helpers.js';

const text = '(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 0) (<= X_0 1)))';
const folder = () =>
  folderOf({
    'plain.vnnlib': text,
    'small.vnnlib.gz': gzipSync(text),
    'renamed.vnnlib': gzipSync(text),
    'marked.vnnlib': `\ufeff${text}`,
    'cut.vnnlib.gz': gzipSync(text).subarray(0, 30),
    'latin.vnnlib': Buffer.from('; caf\u00e9', 'latin1'),
    'wrong.vnnlib.gz': gzipSync('(assert'),
  });

test.each(['plain.vnnlib', 'small.vnnlib.gz', 'renamed.vnnlib', 'marked.vnnlib'])(
  '%s is read',
  async (name) => {
    const file = join(folder(), name);
    expect(await readVnnlib(file)).toMatchObject({ file, version: '1.0', inputSize: 1, outputSize: 1 });
  },
);

test.each([
  ['small.vnnlib', 'FILE_NOT_FOUND', /no such file/, /small\.vnnlib\.gz\?/],
  ['plain.vnnlib.gz', 'FILE_NOT_FOUND', /no such file/, /plain\.vnnlib\?/],
  ['none.vnnlib', 'FILE_NOT_FOUND', /no such file/, /working directory/],
  ['.', 'FILE_UNREADABLE', /directory/, undefined],
  ['latin.vnnlib', 'FILE_UNREADABLE', /not UTF-8/, /vnnlib/],
  ['cut.vnnlib.gz', 'INVALID_DATA', /not a whole gzip file/, /again/],
  ['wrong.vnnlib.gz', 'INVALID_PROPERTY', /condition/, /condition/],
])('%s: %s', async (name, code, problem, hint) => {
  const failure = await failureOf(() => readVnnlib(join(folder(), name)));
  expect(failure).toMatchObject({ code, problem: expect.stringMatching(problem) });
  if (hint !== undefined) expect(failure.hint).toMatch(hint);
});
