import { expect, test } from 'vitest';
import {
  approximately,
  bytes,
  count,
  duration,
  oneLine,
  percent,
  plural,
  shareWords,
  shellWord,
  wholeSeconds,
} from '../../../src/report/words.js';

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.5, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [119_999, '2 min 0 s'],
  [3_725_000, '62 min 5 s'],
])('%d ms read as %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test.each([
  { reached: 461 / 540, required: 0.75, words: '85.3 %, needs 75 %' },
  { reached: 1, required: 1, words: '100 %, needs 100 %' },
  // Never rounded up to the mark that it misses.
  { reached: 0.74999, required: 0.75, words: '74.9 %, needs 75 %' },
  { reached: 0.99949, required: 0.9995, words: '99.94 %, needs 99.95 %' },
  // Never rounded down below the mark that it meets.
  { reached: 0.9995, required: 0.9995, words: '99.95 %, needs 99.95 %' },
  { reached: 0.29, required: 0.29, words: '29 %, needs 29 %' },
  { reached: 0.57, required: 0.07, words: '57 %, needs 7 %' },
  { reached: 1 / 3, required: 1 / 3, words: '33.333333 %, needs 33.333333 %' },
])('$reached of $required', ({ words, ...share }) => {
  expect(shareWords(share)).toBe(words);
});

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KiB'],
  [54_784, '53.5 KiB'],
  [2 ** 31, '2 GiB'],
  [5e15, '4,547.5 TiB'],
])('%d bytes read as %s', (size, words) => {
  expect(bytes(size)).toBe(words);
});

test('numbers', () => {
  expect(percent(0.8427)).toBe('84.2 %');
  expect(count(1234567)).toBe('1,234,567');
  expect(plural(1, 'execution')).toBe('1 execution');
  expect(plural(0, 'execution')).toBe('0 executions');
  expect(plural(2, 'property', 'properties')).toBe('2 properties');
  expect(approximately(Math.fround(0.05))).toBe('0.05');
});

test('foreign text cannot break lines or drive the terminal', () => {
  expect(oneLine('a\r\nb\u001b[2Jc\u2028d\u0007')).toBe('a b [2Jc d');
});

test('commands can be pasted into a shell', () => {
  expect(shellWord('findings/robust-17')).toBe('findings/robust-17');
  expect(shellWord("it's; rm -rf $HOME")).toBe("'it'\\''s; rm -rf $HOME'");
  expect(shellWord('')).toBe("''");
});

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min 0 s'],
  [3_599_999, '59 min 59 s'],
  [3_600_000, '1 h 0 min'],
  [400_000_000, '111 h 6 min'],
])('%d ms read as %s where they are drawn again and again', (ms, words) => {
  expect(wholeSeconds(ms)).toBe(words);
});
