// The UCI optical digits: 1,797 images of 8 x 8 pixels with values 0 to 16, split for training and testing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng, shuffle } from '../../src/base/rng.js';
import { type Tensor, tensor } from '../../src/base/tensor.js';
import { type Bytes, readNpz, writeNpz } from './npz.js';

export const CLASSES = 10;
export const PIXELS = 64;
/** One image, without the batch axis. */
export const IMAGE_SHAPE = [1, 8, 8] as const;
/** What maps a stored value to [0, 1]: policies state it as `scale`. */
export const SCALE = 1 / 16;

export const DIGITS_FILE = 'digits.npz';
const TEST_ROWS = 540;
const SPLIT_SEED = 1;

export type Samples = {
  /** [rows, ...image]; of the digits [rows, 1, 8, 8], in [0, 1] */
  readonly images: Tensor<'float32'>;
  readonly labels: Uint8Array;
};
export type Digits = { readonly train: Samples; readonly test: Samples };

/**
 * The committed file, made anew from its source where the source is at hand: that shows how it was made,
 * and a checkout without the source still trains on the same rows.
 */
export function prepareDigits(folder: string, source: string): Uint8Array {
  return existsSync(source) ? splitDigits(readFileSync(source)) : readFileSync(join(folder, DIGITS_FILE));
}

export const readDigits = (archive: Uint8Array): Digits => ({
  train: samples(archive, 'train'),
  test: samples(archive, 'test'),
});

/** Source archive (`images` [rows, 8, 8], `labels`) -> archive with a shuffled train and test part. */
export function splitDigits(source: Uint8Array): Uint8Array {
  const [images, labels] = [readNpz(source, 'images'), readNpz(source, 'labels')];
  const order = shuffle([...labels.data.keys()], createRng(SPLIT_SEED, 'digits/split'));
  const [train, test] = [order.slice(0, -TEST_ROWS), order.slice(-TEST_ROWS)];
  return writeNpz({
    train_images: pickImages(images, train),
    train_labels: pickLabels(labels, train),
    test_images: pickImages(images, test),
    test_labels: pickLabels(labels, test),
  });
}

const pickImages = ({ data }: Bytes, picked: readonly number[]): Bytes =>
  tensor(
    'uint8',
    [picked.length, ...IMAGE_SHAPE],
    Uint8Array.from(picked.flatMap((row) => [...data.subarray(row * PIXELS, (row + 1) * PIXELS)])),
  );

const pickLabels = ({ data }: Bytes, picked: readonly number[]): Bytes =>
  tensor(
    'uint8',
    [picked.length],
    Uint8Array.from(picked, (row) => data[row] ?? 0),
  );

function samples(archive: Uint8Array, part: 'train' | 'test'): Samples {
  const { shape, data } = readNpz(archive, `${part}_images`);
  const images = tensor(
    'float32',
    shape,
    Float32Array.from(data, (value) => value * SCALE),
  );
  return { images, labels: readNpz(archive, `${part}_labels`).data };
}
