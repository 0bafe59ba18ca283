import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { loadDataset } from '../../../src/policy/data/load.js';
import { failureOf, folderOf, refTo } from './helpers.js';
import { png, withHeaderBytes } from './png-writer.js';

const gray = (...pixels: number[]) => png(2, 1, 1, pixels);
const load = (files: Record<string, Uint8Array | string>, more = {}) =>
  loadDataset(refTo(folderOf(files), more));

test('gray images of labelled sub-folders, by name', async () => {
  const files = {
    '1/b.png': gray(3, 4),
    '0/z.png': gray(1, 2),
    '1/a.png': gray(5, 255),
    '0/notes.txt': 'hello',
  };
  const { inputs, labels } = await load(files, { scale: 1 / 255 });
  expect(inputs.shape).toEqual([3, 1, 1, 2]);
  expect(inputs.data).toEqual(Float32Array.from([1, 2, 5, 255, 3, 4], (pixel) => pixel * (1 / 255)));
  expect(labels).toEqual(Int32Array.of(0, 1, 1));
});

test('RGB images are channels first, and a flat folder has no labels', async () => {
  const { inputs, labels } = await load({ 'a.PNG': png(2, 1, 3, [1, 2, 3, 4, 5, 6]), '._a.png': 'macOS' });
  expect(inputs.shape).toEqual([1, 3, 1, 2]);
  expect(inputs.data).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
  expect(labels).toBeUndefined();
});

/** One white pixel, half transparent. */
const alpha = PNG.sync.write(
  Object.assign(new PNG({ width: 1, height: 1 }), { data: Buffer.from([9, 9, 9, 128]) }),
);
const WIDTH = 0;
const DEPTH = 8;
const INTERLACE = 12;

const mistakes: Record<string, [files: Record<string, Uint8Array | string>, where: string, problem: string]> =
  {
    'no image': [{ 'readme.txt': 'hello' }, '', 'no .png or .jpg image'],
    'another format': [{ 'a.webp': 'x' }, 'a.webp', 'only PNG and JPEG images'],
    'not a PNG': [{ 'a.png': 'GIF89a' }, 'a.png', 'not a PNG image'],
    'cut off': [{ 'a.png': gray(1, 2).subarray(0, 50) }, 'a.png', 'not a whole PNG image'],
    'cut within the header': [{ 'a.png': gray(1, 2).subarray(0, 20) }, 'a.png', 'not a PNG image'],
    transparent: [{ 'a.png': alpha }, 'a.png', 'alpha channel'],
    'sixteen bits': [{ 'a.png': withHeaderBytes(gray(1, 2), DEPTH, [16]) }, 'a.png', '16 bits a sample'],
    interlaced: [{ 'a.png': withHeaderBytes(gray(1, 2), INTERLACE, [1]) }, 'a.png', 'interlaced'],
    'absurd size': [
      { 'a.png': withHeaderBytes(gray(1, 2), WIDTH, [127, 255, 255, 255, 127, 255, 255, 255]) },
      'a.png',
      'claims 2147483647 x 2147483647 pixels',
    ],
    'fewer rows than claimed': [
      { 'a.png': withHeaderBytes(gray(1, 2), 4, [0, 0, 0, 9]) },
      'a.png',
      '3 bytes of pixels instead of 27',
    ],
    'other size': [{ 'a.png': gray(1, 2), 'b.png': png(1, 2, 1, [1, 2]) }, 'b.png', '1 x 2 gray, but'],
    'other colours': [
      { 'a.png': gray(1, 2), 'b.png': png(2, 1, 3, [1, 2, 3, 4, 5, 6]) },
      'b.png',
      '2 x 1 RGB, but',
    ],
    'label in words': [{ 'cat/a.png': gray(1, 2) }, 'cat', 'the folder\'s name "cat" is no class index'],
    'labels for some': [
      { 'a.png': gray(1, 2), '0/b.png': gray(1, 2) },
      '',
      'images beside labelled sub-folders',
    ],
  };

test.each(Object.entries(mistakes))('%s', async (_, [files, where, problem]) => {
  const folder = folderOf(files);
  const failure = await failureOf(() => loadDataset(refTo(folder)));
  expect(failure).toMatchObject({ code: 'INVALID_DATA', where: join(folder, where) });
  expect(failure.problem).toContain(problem);
});

test('a folder has no arrays to name', async () => {
  const { hint } = await failureOf(() => load({ '0/a.png': gray(1, 2) }, { labels: 'y' }));
  expect(hint).toContain('leave out');
});
