import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { splitDigits } from '../../../corpora/train/data.js';
import { readNpz, writeNpz } from '../../../corpora/train/npz.js';
import { shifted } from '../../../corpora/train/shift.js';
import { createRng } from '../../../src/base/rng.js';
import { tensor } from '../../../src/base/tensor.js';
import { bytesOf, digits, folder } from './committed.js';

const SOURCE = join(folder, '..', '..', 'shared', 'data', 'digits', 'digits.npz');
const array = tensor('uint8', [2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6));

test('an archive gives back what was written', () => {
  const archive = writeNpz({ a: array, b: tensor('uint8', [1], Uint8Array.of(9)) });
  expect(readNpz(archive, 'a')).toEqual(array);
  expect(readNpz(archive, 'b').shape).toEqual([1]);
  expect(() => readNpz(archive, 'c')).toThrow('no array "c"');
});

test('an archive depends neither on the clock nor on the time zone', () => {
  const zone = process.env.TZ;
  const archives = ['UTC', 'Pacific/Auckland', 'America/Los_Angeles'].map((name) => {
    process.env.TZ = name;
    return Buffer.from(writeNpz({ array })).toString('hex');
  });
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  expect(new Set(archives).size).toBe(1);
});

test('the digits are split into training and test rows, in [0, 1], every class in both', () => {
  expect(digits.train.images.shape).toEqual([1257, 1, 8, 8]);
  expect(digits.test.images.shape).toEqual([540, 1, 8, 8]);
  for (const { images, labels } of Object.values(digits)) {
    expect(labels.length).toBe(images.shape[0]);
    expect(new Set(labels).size).toBe(10);
    expect(images.data.reduce((least, pixel) => Math.min(least, pixel))).toBe(0);
    expect(images.data.reduce((most, pixel) => Math.max(most, pixel))).toBe(1);
  }
});

test.skipIf(!existsSync(SOURCE))('the committed split is the one that its source gives', () => {
  expect(Buffer.from(splitDigits(readFileSync(SOURCE))).equals(bytesOf('digits.npz'))).toBe(true);
});

test('an image moved by nothing stays, and one moved by half a pixel is a mean of neighbours', () => {
  const image = digits.test.images.data.subarray(0, 64);
  expect(shifted(image, 0, createRng(1))).toEqual(image);
  // uniform() = 0 moves by -limit on both axes: the pixel at the origin takes from its right and lower neighbours.
  const still = { ...createRng(1), uniform: () => 0 };
  const [a = 0, b = 0, c = 0, d = 0] = [image[9], image[10], image[17], image[18]];
  expect(shifted(image, 0.5, still)[9]).toBeCloseTo((a + b + c + d) / 4, 6);
});
