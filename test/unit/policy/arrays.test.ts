// Files of one array each, plain or gzip-compressed: IDX, and .npy with its labels beside it.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { pathsOf } from '../../../src/policy/data/format.js';
import { loadDataset } from '../../../src/policy/data/load.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { failureOf, folderOf, refTo } from './helpers.js';
import { idx, withSizes } from './idx-writer.js';
import { npy } from './npy-writer.js';
import { sample } from './sample.js';

const images = idx(8, [3, 1, 2], [0, 1, 2, 3, 4, 255]);
const labels = idx(8, [3], [7, 0, 2]);

function load(files: Record<string, Uint8Array>, file: string, labelFile?: string) {
  const folder = folderOf(files);
  return loadDataset(
    refTo(join(folder, file), labelFile === undefined ? {} : { labels: join(folder, labelFile) }),
  );
}

test.each([
  ['t-images-idx3-ubyte', 't-labels-idx1-ubyte'],
  ['t-images.idx3-ubyte', 't-labels.idx1-ubyte'],
  ['images.idx', 'labels.IDX'],
  ['a.npy', 'b.idx'],
  ['a.idx', 'b.npy'],
])('%s with %s', async (file, labelFile) => {
  const [x, y] = [npy('u1', [3, 1, 2], [0, 1, 2, 3, 4, 255]), npy('u1', [3], [7, 0, 2])];
  const files = {
    [file]: file.endsWith('.npy') ? x : images,
    [labelFile]: labelFile.endsWith('.npy') ? y : labels,
  };
  const dataset = await load(files, file, labelFile);
  expect(dataset.inputs.shape).toEqual([3, 1, 2]);
  expect(dataset.inputs.data).toEqual(Float32Array.of(0, 1, 2, 3, 4, 255));
  expect(dataset.labels).toEqual(Int32Array.of(7, 0, 2));
});

describe('gzip', () => {
  test.each([
    ['images-idx3-ubyte.gz', images],
    ['images-idx3-ubyte', images],
    ['a.npy.gz', npy('u1', [3, 1, 2], [0, 1, 2, 3, 4, 255])],
    ['a.csv.gz', Buffer.from('a,b\n0,1\n2,3\n4,255\n')],
  ])('%s, compressed', async (name, bytes) => {
    const { inputs } = await load({ [name]: gzipSync(bytes) }, name);
    expect(inputs.data).toEqual(Float32Array.of(0, 1, 2, 3, 4, 255));
  });

  test('a name that says so of a file that is not', async () => {
    expect((await load({ 'a.idx.gz': images }, 'a.idx.gz')).inputs.shape).toEqual([3, 1, 2]);
  });

  test.each([
    ['cut short', gzipSync(images).subarray(0, -9), 'not a whole gzip file'],
    ['without its end', gzipSync(images).subarray(0, -1), 'not a whole gzip file'],
    ['with a wrong checksum', corrupted(gzipSync(images)), 'not a whole gzip file'],
  ])('%s', async (_, bytes, problem) => {
    const failure = await failureOf(() => load({ 'a.idx.gz': bytes }, 'a.idx.gz'));
    expect(failure).toMatchObject({ code: 'INVALID_DATA', where: expect.stringMatching(/a\.idx\.gz$/) });
    expect(failure.problem).toContain(problem);
  });
});

/** With another byte in the checksum, which is followed by the length. */
function corrupted(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(copy.length - 8) ^ 1, copy.length - 8);
  return copy;
}

const huge = 0xffffffff;
const mistakes: Record<string, [bytes: Uint8Array, problem: string]> = {
  empty: [Buffer.alloc(0), 'it begins with nothing'],
  'another format': [npy('u1', [1, 1], [1]), 'not an IDX file: it begins with 934e554d'],
  'unknown type': [withSizes(10, [1, 1], Buffer.of(1)), 'element type 10; IDX has 8 (uint8), 9 (int8), 11'],
  'no axes': [withSizes(8, [], Buffer.of(1)), 'an IDX file without axes'],
  'cut within the sizes': [images.subarray(0, 9), 'the file ends within the sizes of its axes'],
  'cut within the elements': [images.subarray(0, -1), 'shape [3, 1, 2] of uint8, 6 bytes, but 5 follow'],
  'more than the header says': [Buffer.concat([images, Buffer.of(0)]), '6 bytes, but 7 follow'],
  'a claim of 4 GB': [withSizes(8, [huge, 1], Buffer.of(1)), '4294967295 bytes, but 1 follow'],
  'a claim beyond all numbers': [withSizes(14, new Array(255).fill(huge), Buffer.of(1)), 'Infinity bytes'],
  'a claim that is not a number': [
    withSizes(14, [...new Array(254).fill(huge), 0], Buffer.of(1)),
    'NaN bytes',
  ],
  'no rows': [withSizes(8, [0, 28, 28], Buffer.alloc(0)), 'shape [0, 28, 28] holds no value'],
  'labels as inputs': [labels, 'inputs have at least two axes'],
};

test.each(Object.entries(mistakes))('%s', async (_, [bytes, problem]) => {
  const failure = await failureOf(() => load({ 'a.idx': bytes }, 'a.idx'));
  expect(failure).toMatchObject({ code: 'INVALID_DATA', where: expect.stringMatching(/a\.idx$/) });
  expect(failure.problem).toContain(problem);
});

describe('labels', () => {
  test('as many as rows', async () => {
    const failure = await failureOf(() =>
      load({ 'a.idx': images, 'b.idx': idx(8, [2], [1, 2]) }, 'a.idx', 'b.idx'),
    );
    expect(failure.where).toMatch(/b\.idx$/);
    expect(failure.problem).toMatch(/^2 labels for the 3 rows of .*a\.idx$/);
  });

  test('not images', async () => {
    const failure = await failureOf(() => load({ 'a.idx': images }, 'a.idx', 'a.idx'));
    expect(failure.problem).toContain('labels of shape [3, 1, 2]');
  });

  test('not a file that is not there', async () => {
    const failure = await failureOf(() =>
      load({ 'a.idx': images, 'lables.idx': labels }, 'a.idx', 'labels.idx'),
    );
    expect(failure).toMatchObject({ code: 'FILE_NOT_FOUND', where: 'p.yaml:3:7' });
    expect(failure.hint).toContain('lables.idx');
  });

  test('a path from the folder of the policy', () => {
    const text = sample.replace(
      'digits.npz\n    inputs: test_images\n    labels: test_labels',
      'x.npy.gz\n    labels: y.idx',
    );
    const ref = parsePolicy(text, '/work/specs/p.yaml').data.get('test') ?? refTo('');
    expect(pathsOf(ref)).toEqual(['/work/corpora/x.npy.gz', '/work/specs/y.idx']);
    expect(pathsOf(refTo('a.npz', { labels: 'y' }))).toEqual(['a.npz']);
  });
});
