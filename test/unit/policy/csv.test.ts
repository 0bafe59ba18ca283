import { expect, test } from 'vitest';
import { toNumbers } from '../../../src/base/tensor.js';
import { readCsv } from '../../../src/policy/data/csv.js';
import type { DataRef } from '../../../src/policy/policy.js';
import { failureOf, refTo } from './helpers.js';

const read = (text: string, more: Partial<DataRef> = {}) => readCsv(Buffer.from(text), refTo('a.csv', more));

test('all columns but the labels are inputs', () => {
  const { inputs, labels } = read('a,y,b\n1,0,2.5\n-3e2,1,.5\n', { labels: 'y' });
  expect(inputs.values.shape).toEqual([2, 2]);
  expect(toNumbers(inputs.values)).toEqual([1, 2.5, -300, 0.5]);
  expect(labels && toNumbers(labels.values)).toEqual([0, 1]);
});

test('listed columns come in the order of the list', () => {
  expect(toNumbers(read('a,b,c\n1,2,3\n4,5,6\n', { inputs: ['c', 'a'] }).inputs.values)).toEqual([
    3, 1, 6, 4,
  ]);
});

test('byte order marks, quotes, spaces, blank lines and Windows line ends are no matter', () => {
  const { inputs } = read('\ufeff"a", b\r\n "1", 2\r\n\r\n3,"4"\r\n');
  expect(toNumbers(inputs.values)).toEqual([1, 2, 3, 4]);
});

test('many rows', () => {
  const text = `a,b\n${Array.from({ length: 5000 }, (_, row) => `${row},${row / 8}`).join('\n')}\n`;
  const { values } = read(text).inputs;
  expect(values.shape).toEqual([5000, 2]);
  expect(values.data[9999]).toBe(4999 / 8);
});

const table = 'a,b,y\n1,2,0\n3,4,1\n';
const mistakes: Record<string, [text: string, more: Partial<DataRef>, place: string, problem: string]> = {
  empty: ['', {}, '1:1', 'the file is empty'],
  'no header': ['1,2\n3,4\n', {}, '1:1', 'the first row holds numbers'],
  'a word': ['a,b\n1,2\n10,x\n', {}, '3:4', 'expected a finite number in column "b", found "x"'],
  'a word after quotes': ['a,b\n"1,5",x\n', { inputs: ['b'] }, '2:7', 'found "x"'],
  'an empty cell': ['a,b\n1,\n', {}, '2:3', 'in column "b", found ""'],
  'not a number': ['a,b\nnan,1\n', {}, '2:1', 'found "nan"'],
  infinity: ['a,b\n1,1e999\n', {}, '2:3', 'found "1e999"'],
  hexadecimal: ['a,b\n1,0x10\n', {}, '2:3', 'found "0x10"'],
  'a label': ['a,y\n1,cat\n', { labels: 'y' }, '2:3', 'in column "y", found "cat"'],
  'too few cells': ['a,b\n1,2\n3\n', {}, '3:1', 'expect 2, got 1'],
  'too many cells': ['a,b\n1,2,3\n', {}, '2:1', 'expect 2, got 3'],
  'open quote': ['a,b\n"1,2\n', {}, '2:1', 'Quote Not Closed'],
  'unknown column': [table, { inputs: ['a', 'c1'] }, '1:1', 'no column "c1"; the columns are: "a", "b", "y"'],
  'misspelt labels': [
    'label,b\n1,2\n',
    { labels: 'labels' },
    '1:1',
    'no column "labels"; did you mean "label"?',
  ],
  'two of one name': ['a,b,a\n1,2,3\n', {}, '1:1', 'two columns are named "a"'],
  'row numbers of pandas': [',a,b\n0,1,2\n', {}, '1:1', 'column 1 has no name'],
  'labels only': ['y\n0\n', { labels: 'y' }, '1:1', 'no column is left'],
};

test.each(Object.entries(mistakes))('%s', async (_, [text, more, place, problem]) => {
  const failure = await failureOf(() => read(text, more));
  expect(failure).toMatchObject({ code: 'INVALID_DATA', where: `a.csv:${place}` });
  expect(failure.problem).toContain(problem);
});
