import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { loadDataset } from '../../../src/policy/data/load.js';
import { selectRows } from '../../../src/policy/data/select.js';
import type { DataRef } from '../../../src/policy/policy.js';
import { failureOf, folderOf, refTo } from './helpers.js';
import { npy } from './npy-writer.js';

const inputs = npy('u1', [3, 2], [0, 1, 2, 3, 16, 5]);

function archive(arrays: Record<string, Uint8Array>, more: Partial<DataRef> = {}) {
  const entries = Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]));
  const folder = folderOf({ 'd.npz': zipSync(entries) });
  return loadDataset(refTo(join(folder, 'd.npz'), { inputs: ['x'], ...more }));
}

test('an .npz: scaled in float64, rounded to float32 once', async () => {
  const dataset = await archive({ x: inputs, y: npy('u8', [3, 1], [2, 0, 7]) }, { labels: 'y', scale: 0.1 });
  expect(dataset.name).toBe('test');
  expect(dataset.inputs).toEqual({
    dtype: 'float32',
    shape: [3, 2],
    data: Float32Array.from([0, 1, 2, 3, 16, 5], (value) => value * 0.1),
  });
  expect(dataset.labels).toEqual(Int32Array.of(2, 0, 7));
});

test('an .npy, whatever the case of its name', async () => {
  const { inputs: read, labels } = await loadDataset(refTo(join(folderOf({ 'd.NPY': inputs }), 'd.NPY')));
  expect(read.shape).toEqual([3, 2]);
  expect(labels).toBeUndefined();
});

test('a .csv', async () => {
  const file = join(folderOf({ 'd.csv': 'a,b,y\n1,2,1\n3,4,0\n' }), 'd.csv');
  const dataset = await loadDataset(refTo(file, { labels: 'y', scale: 0.5 }));
  expect(dataset.inputs.data).toEqual(Float32Array.of(0.5, 1, 1.5, 2));
  expect(dataset.labels).toEqual(Int32Array.of(1, 0));
});

const x = npy('f8', [2, 2], [0, 1, 2, 3]);
const mistakes: Record<
  string,
  [Record<string, Uint8Array>, Partial<DataRef>, where: string, problem: string]
> = {
  'a NaN': [
    { x: npy('f4', [2, 2], [0, 1, 2, Number.NaN]) },
    {},
    'array "x", row 1, element 1',
    'NaN is no finite number',
  ],
  infinity: [
    { x: npy('f8', [2, 2], [0, 1, Number.NEGATIVE_INFINITY, 3]) },
    {},
    'row 1, element 0',
    '-Infinity is no',
  ],
  'too large for float32': [{ x: npy('f8', [1, 1], [1e39]) }, {}, 'row 0, element 0', 'exceeds float32'],
  'too large once scaled': [
    { x: npy('u1', [1, 1], [9]) },
    { scale: 1e38 },
    'row 0',
    '9 times the scale 1e+38 exceeds',
  ],
  'one axis': [{ x: npy('f4', [3], [1, 2, 3]) }, {}, 'array "x"', 'shape [3]; inputs have at least two axes'],
  scalar: [{ x: npy('f4', [], [1]) }, {}, 'array "x"', 'shape []; inputs have at least two axes'],
  'no row': [{ x: npy('f4', [0, 3], []) }, {}, 'array "x"', 'shape [0, 3] holds no value'],
  'fewer labels': [{ x, y: npy('i8', [1], [1]) }, { labels: 'y' }, 'array "y"', '1 labels for the 2 rows of'],
  'one-hot labels': [
    { x, y: npy('i8', [2, 2], [1, 0, 0, 1]) },
    { labels: 'y' },
    'array "y"',
    'labels of shape [2, 2]',
  ],
  'scalar label': [{ x, y: npy('i8', [], [1]) }, { labels: 'y' }, 'array "y"', 'labels of shape []'],
  'fractional label': [
    { x, y: npy('f4', [2], [1, 0.5]) },
    { labels: 'y' },
    'array "y", row 1',
    'the label 0.5 is no class',
  ],
  'negative label': [
    { x, y: npy('i8', [2], [-1, 0]) },
    { labels: 'y' },
    'array "y", row 0',
    'the label -1 is no class',
  ],
  'huge label': [
    { x, y: npy('u8', [2], [2 ** 40, 0]) },
    { labels: 'y' },
    'array "y", row 0',
    'the label 1099511627776',
  ],
  'no such labels': [{ x, y: x }, { labels: 'z' }, 'd.npz', 'no array "z"; did you mean'],
};

test.each(Object.entries(mistakes))('%s', async (_, [arrays, more, where, problem]) => {
  const failure = await failureOf(() => archive(arrays, more));
  expect(failure.code).toBe('INVALID_DATA');
  expect(failure.where).toContain(where);
  expect(failure.problem).toContain(problem);
});

describe('files', () => {
  test('not there: the place in the policy, and the nearest name', async () => {
    const folder = folderOf({ 'digits.npz': 'x' });
    const failure = await failureOf(() => loadDataset(refTo(join(folder, 'digit.npz'))));
    expect(failure).toMatchObject({ code: 'FILE_NOT_FOUND', where: 'p.yaml:3:7' });
    expect(failure.hint).toContain('digits.npz');
  });

  test('a folder that is a file', async () => {
    const failure = await failureOf(() => loadDataset(refTo(join(folderOf({ a: 'x' }), 'a', 'b.npz'))));
    expect(failure.code).toBe('FILE_NOT_FOUND');
  });

  test('a device', async () =>
    expect((await failureOf(() => loadDataset(refTo('/dev/zero')))).code).toBe('FILE_UNREADABLE'));

  test('a path that cannot be one', async () =>
    expect((await failureOf(() => loadDataset(refTo('/tmp/a\0.npz')))).code).toBe('FILE_UNREADABLE'));

  test('another format', async () => {
    const failure = await failureOf(() => loadDataset(refTo(join(folderOf({ 'a.mat': 'x' }), 'a.mat'))));
    expect(failure.problem).toContain('.npz, .npy, .csv and IDX files');
  });

  test('an .npy has no names', async () => {
    const file = join(folderOf({ 'a.npy': inputs }), 'a.npy');
    const named = await failureOf(() => loadDataset(refTo(file, { inputs: ['x'] })));
    expect(named.hint).toContain('numpy.savez');
    const labelled = await failureOf(() => loadDataset(refTo(file, { labels: 'y' })));
    expect(labelled.hint).toContain('path of a file');
  });
});

describe('rows of a property', () => {
  const at = { file: 'p.yaml', line: 9, column: 5 };
  const dataset = {
    name: 'test',
    inputs: { dtype: 'float32', shape: [3, 1], data: Float32Array.of(5, 6, 7) },
  } as const;
  const labelled = { ...dataset, labels: Int32Array.of(0, 1, 2) };

  test('some', () => {
    const picked = selectRows(labelled, { data: 'test', rows: { from: 1, to: 3 } }, at);
    expect(picked.inputs).toEqual({ dtype: 'float32', shape: [2, 1], data: Float32Array.of(6, 7) });
    expect(picked.labels).toEqual(Int32Array.of(1, 2));
  });

  test('all', () => expect(selectRows(labelled, { data: 'test', rows: undefined }, at)).toBe(labelled));

  test('more than there are', async () => {
    const failure = await failureOf(() =>
      selectRows(labelled, { data: 'test', rows: { from: 1, to: 4 } }, at),
    );
    expect(failure).toMatchObject({ code: 'INVALID_POLICY', where: 'p.yaml:9:5' });
    expect(failure.problem).toContain('which has 3');
  });
});
