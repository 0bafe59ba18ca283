import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeJpeg } from '../../../src/policy/data/jpeg.js';
import { loadDataset } from '../../../src/policy/data/load.js';
import { failureOf, folderOf, refTo } from './helpers.js';
import { cmyk, progressiveGray, rgb } from './jpeg-images.js';
import { png } from './png-writer.js';

test.each([
  ['baseline, chroma of half the size', rgb],
  ['progressive gray', progressiveGray],
])('%s: to the bit what Pillow reads', (_, { bytes, shape, pixels }) => {
  expect(decodeJpeg(bytes, 'a.jpg')).toEqual({ shape, pixels });
});

describe('a folder', () => {
  const gray = png(12, 9, 1, new Array(108).fill(7));

  test('holds JPEG beside PNG, in the order of their names', async () => {
    const files = { '1/b.jpg': progressiveGray.bytes, '0/a.JPEG': progressiveGray.bytes, '1/a.png': gray };
    const { inputs, labels } = await loadDataset(refTo(folderOf(files)));
    expect(inputs.shape).toEqual([3, 1, 9, 12]);
    expect(inputs.data.subarray(0, 108)).toEqual(Float32Array.from(progressiveGray.pixels));
    expect(inputs.data.subarray(108, 216)).toEqual(new Float32Array(108).fill(7));
    expect(labels).toEqual(Int32Array.of(0, 1, 1));
  });

  test('has one size and one kind of colour', async () => {
    const folder = folderOf({ 'a.png': gray, 'b.jpg': rgb.bytes });
    const failure = await failureOf(() => loadDataset(refTo(folder)));
    expect(failure.where).toBe(join(folder, 'b.jpg'));
    expect(failure.problem).toContain('12 x 9 RGB, but');
  });
});

/** The image with other bytes at an offset from its frame's marker. */
function withFrameBytes(image: Buffer, offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(image);
  copy.set(bytes, copy.indexOf(Buffer.of(0xff, 0xc0)) + offset);
  return copy;
}
const PRECISION = 4;
const SIZE = 5;
const COMPONENTS = 9;
/** Which of its Huffman tables comes first: there are four of a kind. */
const FIRST_TABLE = 23;

const mistakes: Record<string, [bytes: Buffer, problem: string]> = {
  empty: [Buffer.alloc(0), 'not a JPEG image'],
  'a PNG': [png(1, 1, 1, [1]), 'not a JPEG image'],
  'cut within the header': [rgb.bytes.subarray(0, 100), 'no frame before its pixels'],
  'no frame': [Buffer.of(0xff, 0xd8, 0xff, 0xda, 0, 0, 0, 0, 0, 0, 0, 0, 0), 'no frame before its pixels'],
  'cut within the pixels': [rgb.bytes.subarray(0, -40), 'not a whole JPEG image'],
  'cut before its end marker': [rgb.bytes.subarray(0, -2), 'not a whole JPEG image'],
  CMYK: [cmyk.bytes, '4 colour components, such as CMYK'],
  'twelve bits': [withFrameBytes(rgb.bytes, PRECISION, [12]), '12 bits a sample'],
  'two components': [withFrameBytes(rgb.bytes, COMPONENTS, [2]), '2 colour components'],
  'no rows': [withFrameBytes(rgb.bytes, SIZE, [0, 0]), 'claims 12 x 0 pixels'],
  'absurd size': [withFrameBytes(rgb.bytes, SIZE, [255, 255, 255, 255]), 'claims 65535 x 65535 pixels, more'],
  'more rows than pixels': [withFrameBytes(rgb.bytes, SIZE, [0, 99]), 'not a whole JPEG image'],
};

test.each(Object.entries(mistakes))('%s', async (_, [bytes, problem]) => {
  const failure = await failureOf(() => decodeJpeg(bytes, 'a.jpg'));
  expect(failure).toMatchObject({ code: 'INVALID_DATA', where: 'a.jpg' });
  expect(failure.problem).toContain(problem);
});

test('a whole image is read to the bit after three hundred damaged ones', async () => {
  for (let i = 0; i < 300; i++)
    await failureOf(() => decodeJpeg(withFrameBytes(rgb.bytes, FIRST_TABLE, [0x55]), 'a.jpg'));
  expect(decodeJpeg(rgb.bytes, 'a.jpg')).toEqual({ shape: rgb.shape, pixels: rgb.pixels });
});
