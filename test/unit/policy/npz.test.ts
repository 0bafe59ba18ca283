import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { toNumbers } from '../../../src/base/tensor.js';
import { readNpz } from '../../../src/policy/data/npz.js';
import type { DataRef } from '../../../src/policy/policy.js';
import { failureOf, refTo } from './helpers.js';
import { npy } from './npy-writer.js';
import { archives } from './numpy-files.js';

const read = (bytes: Uint8Array, more: Partial<DataRef> = {}) =>
  readNpz(Buffer.from(bytes), refTo('a.npz', more));
const images = npy('u1', [2, 2], [1, 2, 3, 4]);
const labels = npy('i8', [2], [0, 1]);
const good = zipSync({ 'images.npy': images, 'labels.npy': labels });

test.each(Object.entries(archives))('numpy.%s is read', (_, base64) => {
  const { inputs, labels } = read(Buffer.from(base64, 'base64'), { inputs: ['images'], labels: 'labels' });
  expect(inputs.values.shape).toEqual([3, 2, 2]);
  expect(toNumbers(inputs.values)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(labels && toNumbers(labels.values)).toEqual([0, 1, 2]);
});

describe('which array holds the inputs', () => {
  test('the only one', () =>
    expect(read(zipSync({ 'x.npy': images })).inputs.where).toBe('a.npz: array "x"'));

  test('the only one that is not the labels', () =>
    expect(read(good, { labels: 'labels' }).inputs.where).toBe('a.npz: array "images"'));

  test('several: the policy must say', async () => {
    const failure = await failureOf(() => read(good));
    expect(failure).toMatchObject({ code: 'INVALID_DATA', where: 'a.npz' });
    expect(failure.problem).toBe('which array holds the inputs? (its arrays are "images", "labels")');
    expect(failure.hint).toContain('"inputs"');
  });

  test('two named', async () => {
    const { problem } = await failureOf(() => read(good, { inputs: ['images', 'labels'] }));
    expect(problem).toContain('several arrays are named as inputs');
  });

  test('none', async () =>
    expect((await failureOf(() => read(zipSync({})))).problem).toContain('the archive holds no array'));

  test.each(['imags', 'constructor'])('not there: %s', async (name) => {
    const { problem } = await failureOf(() => read(good, { inputs: [name] }));
    expect(problem).toContain(name === 'imags' ? 'did you mean "images"?' : 'it holds: "images", "labels"');
  });
});

/** The archive with other bytes at an offset from a signature's first or last place. */
function patched(signature: string, offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(good);
  Buffer.from(bytes).copy(copy, copy.indexOf(signature, 0, 'latin1') + offset);
  return copy;
}
const LOCAL = 'PK\x03\x04';
const CENTRAL = 'PK\x01\x02';

const mistakes: Record<string, [bytes: Uint8Array, problem: string]> = {
  empty: [new Uint8Array(), 'it has no directory at its end'],
  'an .npy file': [images, 'it has no directory at its end'],
  'cut at the end': [good.subarray(0, -30), 'it has no directory at its end'],
  'cut at the beginning': [good.subarray(50), 'the directory breaks off at entry 0'],
  'packed bytes changed': [patched(LOCAL, 60, [0x55, 0xaa]), 'not a whole ZIP archive'],
  'checksum changed': [patched(CENTRAL, 16, [0, 0, 0, 0]), 'its checksum is wrong'],
  'claims gigabytes': [patched(CENTRAL, 24, [0, 0, 0, 0x30]), 'more than'],
  'claims terabytes': [patched(CENTRAL, 24, [255, 255, 255, 255]), 'more than 1073741824 bytes'],
  'claims too little': [patched(CENTRAL, 24, [9, 0, 0, 0]), 'cannot be inflated'],
  'local header elsewhere': [patched(CENTRAL, 42, [9, 0, 0, 0]), 'its header is missing'],
  'local header outside': [patched(CENTRAL, 42, [0, 0, 0, 255]), 'its header is missing'],
  encrypted: [patched(CENTRAL, 8, [1]), 'encrypted'],
  'another compression': [patched(CENTRAL, 10, [12]), 'compression method 12'],
  'no array inside': [zipSync({ 'images.npy': strToU8('hello') }), 'not a NumPy array'],
};

test.each(Object.entries(mistakes))('%s', async (_, [bytes, problem]) => {
  const failure = await failureOf(() => read(bytes, { inputs: ['images'] }));
  expect(failure.code).toBe('INVALID_DATA');
  expect(failure.where).toContain('a.npz');
  expect(failure.problem).toContain(problem);
});

test('a bomb stops at the size that it claims', async () => {
  const bomb = Buffer.from(zipSync({ 'images.npy': new Uint8Array(50_000_000) }));
  bomb.writeUInt32LE(100_000, bomb.indexOf(CENTRAL, 0, 'latin1') + 24);
  expect((await failureOf(() => read(bomb, { inputs: ['images'] }))).problem).toContain('cannot be inflated');
});
