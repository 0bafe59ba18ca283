import fc from 'fast-check';
import { expect, test } from 'vitest';
import { perSecond, rate } from '../../../src/report/rate.js';
import { asciiLevels, blocks, sparkline } from '../../../src/report/sparkline.js';

test.each([
  { what: 'a ramp', values: [0, 1, 2, 3, 4, 5, 6, 7], width: 8, line: '▁▂▃▄▅▆▇█' },
  { what: 'a fall', values: [9, 5, 1], width: 3, line: '█▅▁' },
  { what: 'a negative series', values: [-2, -1, 0], width: 3, line: '▁▅█' },
  { what: 'a constant series', values: [5, 5, 5], width: 3, line: '▁▁▁' },
  { what: 'one value', values: [3], width: 1, line: '▁' },
  { what: 'no values', values: [], width: 4, line: '    ' },
  { what: 'fewer values than room', values: [0, 1], width: 5, line: '▁█   ' },
  { what: 'no room', values: [1, 2], width: 0, line: '' },
  { what: 'a gap', values: [0, Number.NaN, 1], width: 3, line: '▁ █' },
  { what: 'gaps only', values: [Number.NaN, Number.NaN], width: 2, line: '  ' },
  { what: 'infinities', values: [-Infinity, 0, 1, Infinity], width: 4, line: '▁▁██' },
  { what: 'infinities around a constant', values: [-Infinity, 2, Infinity], width: 3, line: '▁▁█' },
  { what: 'infinity only', values: [Infinity], width: 1, line: '█' },
  { what: 'the greatest numbers', values: [-1.7e308, 0, 1.7e308], width: 3, line: '▁▅█' },
  // Means of 0 and 0, 4 and 6, 10 and 10.
  { what: 'pairs averaged', values: [0, 0, 4, 6, 10, 10], width: 3, line: '▁▅█' },
  // Groups of 1, 2, 1 and 2.
  { what: 'uneven groups', values: [0, 3, 5, 8, 6, 2], width: 4, line: '▁▅█▅' },
  { what: 'gaps not averaged', values: [0, Number.NaN, Number.NaN, Number.NaN, 8, 8], width: 3, line: '▁ █' },
])('$what', ({ values, width, line }) => {
  expect(sparkline(values, width)).toBe(line);
});

test('from zero, a small change looks small', () => {
  expect(sparkline([100, 101, 102], 3)).toBe('▁▅█');
  expect(sparkline([100, 101, 102], 3, { least: 0 })).toBe('███');
  expect(sparkline([0, 0], 2, { least: 0 })).toBe('▁▁');
  expect(sparkline([-5, 10], 2, { least: 0 })).toBe('▁█');
});

test('plain characters where blocks cannot be shown', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, { glyphs: asciiLevels })).toBe('_.:-=+*#');
  expect(asciiLevels).toMatch(/^[\x21-\x7e]{8}$/);
  expect(new Set(asciiLevels).size).toBe(blocks.length);
});

test('is always as wide as asked, and never falls where the series rises', () => {
  const series = fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { maxLength: 200 });
  fc.assert(
    fc.property(series, fc.nat(60), (values, width) => {
      expect(sparkline([...values, Number.NaN], width)).toHaveLength(width);
      const line = sparkline(
        values.toSorted((a, b) => a - b),
        width,
      ).trimEnd();
      const levels = [...line].map((glyph) => blocks.indexOf(glyph));
      expect(levels).toEqual(levels.toSorted((a, b) => a - b));
      expect(levels).not.toContain(-1);
    }),
    { seed: 1 },
  );
});

test.each([
  [0, '0/s'],
  [0.3518, '0.352/s'],
  [9.996, '10/s'],
  [842.7, '843/s'],
  [999.4, '999/s'],
  [999.6, '1.00k/s'],
  [1000, '1.00k/s'],
  [12_345, '12.3k/s'],
  [123_456, '123k/s'],
  [999_499, '999k/s'],
  [999_500, '1.00M/s'],
  [1_000_000, '1.00M/s'],
  [1e9, '1.00G/s'],
  [5e12, '5000G/s'],
  [Number.NaN, '-/s'],
  [Infinity, '-/s'],
])('a rate of %d reads %s', (value, words) => {
  expect(rate(value)).toBe(words);
});

test('rates between two looks at a counter', () => {
  expect(perSecond(500, 250)).toBe(2000);
  expect(perSecond(5, 0)).toBeNaN();
  expect(rate(perSecond(0, 0))).toBe('-/s');
});
