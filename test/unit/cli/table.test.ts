import { describe, expect, test } from 'vitest';
import { createStyle } from '../../../src/cli/color.js';
import { widthOf } from '../../../src/cli/screen.js';
import { type Column, fold, table } from '../../../src/cli/table.js';
import { plain } from '../../../src/report/style.js';

const columns: readonly Column[] = [
  { title: '#', align: 'right', cells: ['9', '10'] },
  { title: 'Path', cells: ['/model/layer1/conv/Conv', '/x'], cut: 'start' },
  { title: 'Why', cells: ['short', 'a long explanation of it'], cut: 'end' },
];

test('as wide as its widest cells where there is no terminal', () => {
  expect(table(columns, undefined, plain)).toEqual([
    ' #  Path                     Why',
    ' 9  /model/layer1/conv/Conv  short',
    '10  /x                       a long explanation of it',
  ]);
});

test('cut to the terminal: paths keep their end, texts their start', () => {
  expect(table(columns, 32, plain)).toEqual([
    ' #  Path           Why',
    ' 9  …r1/conv/Conv  short',
    '10  /x             a long expla…',
  ]);
});

test('a column is cut to its least width only, while others can give way', () => {
  const [number, path, why] = columns;
  if (!number || !path || !why) throw new Error('three columns');
  expect(table([number, path, { ...why, least: 24 }], 40, plain)).toEqual([
    ' #  Path        Why',
    ' 9  …conv/Conv  short',
    '10  /x          a long explanation of it',
  ]);
});

test.each([200, 60, 40, 25])('never wider than %d columns, coloured or not', (width) => {
  const style = createStyle(true);
  const painted = columns.map((column) => ({ ...column, paint: () => style.good }));
  for (const line of [...table(columns, width, plain), ...table(painted, width, style)])
    expect(widthOf(line)).toBeLessThanOrEqual(width);
});

test('wide characters and names of any length', () => {
  const names = ['层'.repeat(40), 'x'.repeat(1_000_000)];
  const lines = table([{ title: 'Name', cells: names, cut: 'start', greatest: 20 }], 30, plain);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(20);
  expect(lines[1]).toMatch(/^…层+$/);
});

describe('fold', () => {
  test.each([
    [0, 60, [], 0],
    [4, 4, [0, 1, 2, 3], 0],
    [5, 4, [0, 1, 3, 4], 1],
    [100, 2, [0, 99], 98],
  ])('%d rows in %d', (count, limit, shown, hidden) => {
    expect(fold(count, limit)).toEqual({ shown, hidden });
  });
});
