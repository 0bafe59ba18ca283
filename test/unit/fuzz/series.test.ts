import { expect, test } from 'vitest';
import { createSeries } from '../../../src/fuzz/series.js';

const seriesOf = (total: number) => {
  const series = createSeries(8);
  for (let at = 0; at < total; at++) series.add({ executions: at, corpusSize: at, coverage: [] });
  return series.points().map(({ executions }) => executions);
};

test('short runs are kept whole', () => {
  expect(seriesOf(0)).toEqual([]);
  expect(seriesOf(1)).toEqual([0]);
  expect(seriesOf(8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('of long ones the first, the last and equally many in between stay', () => {
  expect(seriesOf(9)).toEqual([0, 2, 4, 6, 8]);
  expect(seriesOf(20)).toEqual([0, 4, 8, 12, 16, 19]);
  for (let total = 1; total < 300; total++) {
    const points = seriesOf(total);
    expect([points[0], points.at(-1)]).toEqual([0, total - 1]);
    expect(points.length).toBeLessThanOrEqual(9);
  }
});
