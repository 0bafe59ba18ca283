import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { partsOf } from '../../../../src/cli/init/parts.js';
import { encodeNpy } from '../../../../src/cli/npy.js';
import { writeNpz } from '../../../../src/cli/npz.js';

const folder = mkdtempSync(join(tmpdir(), 'marauder-parts-'));
const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const wanted = { size: 4, inputs: undefined, labels: undefined };

describe('.npz', () => {
  const rows = (count: number, width = 4) => encodeNpy(new Float32Array(count * width), [count, width]);
  const whole = (count: number) => encodeNpy(new Int32Array(count).fill(1), [count]);

  test.each([
    [{ a: rows(3) }, 'a', undefined],
    [{ x: rows(3), y: whole(3) }, 'x', 'y'],
    [{ y: whole(3), x: rows(3), ids: whole(3) }, 'x', 'y'],
    // Test data before training data, and its own labels.
    [
      { train_images: rows(5), train_labels: whole(5), test_images: rows(3), test_labels: whole(3) },
      'test_images',
      'test_labels',
    ],
    // As many rows in both parts: the name decides.
    [{ x_train: rows(3), y_train: whole(3), x_test: rows(3), y_test: whole(3) }, 'x_test', 'y_test'],
    // By shape, whatever the names.
    [{ labels: rows(3), images: rows(3, 5) }, 'labels', undefined],
    [{ x: rows(3), y: whole(4) }, 'x', undefined],
    // A float array is one of labels only if it says so.
    [{ x: rows(3), noise: encodeNpy(new Float32Array(3), [3]) }, 'x', undefined],
    [{ x: rows(3), target: encodeNpy(new Float32Array(3), [3]) }, 'x', 'target'],
  ])('%#', async (arrays, inputs, labels) => {
    const file = write('data.npz', writeNpz(arrays));
    expect(await partsOf(file, wanted)).toMatchObject({ inputs, labels });
  });

  test('what does not fit is listed', async () => {
    const file = write('data.npz', writeNpz({ a: rows(3, 5), b: whole(3) }));
    await expect(partsOf(file, wanted)).rejects.toMatchObject({
      code: 'INVALID_DATA',
      details: { problem: expect.stringContaining('"a" [3, 5]') },
    });
  });

  test('what the user names is taken', async () => {
    const file = write('data.npz', writeNpz({ a: rows(3), b: rows(3), c: whole(3), y: whole(3) }));
    const named = { size: 4, inputs: ['b'], labels: 'c' };
    expect(await partsOf(file, named)).toMatchObject({ inputs: 'b', labels: 'c' });
  });
});

describe('.csv', () => {
  test.each([
    ['a,b,c,d\n1,2,3,4\n', undefined, undefined],
    ['a,b,c,d,species\n1,2,3,4,0\n', undefined, 'species'],
    ['class,a,b,c,d\n1,1,2,3,4\n', undefined, 'class'],
    ['a,b,c,d,last\n1,2,3,4,0\n', undefined, 'last'],
    ['a,b,c,d,price\n1,2,3,4,0.5\n', undefined, undefined],
    ['who,a,b,c,d,y\nAda,1,2,3,4,0\n', ['a', 'b', 'c', 'd'], 'y'],
  ])('%#', async (text, inputs, labels) => {
    expect(await partsOf(write('data.csv', text), wanted)).toMatchObject({ inputs, labels });
  });
});

test.each([
  ['x_test.npy', 'y_test.npy'],
  ['images.npy', 'labels.npy'],
  ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
])('labels beside %s', async (images, labels) => {
  const file = write(images, '');
  expect(await partsOf(file, wanted)).toMatchObject({ labels: undefined });
  expect(await partsOf(file, { ...wanted, labels: write(labels, '') })).toMatchObject({
    labels: join(folder, labels),
  });
  expect(await partsOf(file, wanted)).toMatchObject({ inputs: undefined, labels: join(folder, labels) });
});
