// Items are worked on in their order, no more at a time than there are lanes, and none after it is stopped.
import { expect, test } from 'vitest';
import { inLanes, ranges } from '../../../src/base/lanes.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('as many at a time as there are lanes, each item once', async () => {
  const begun: number[] = [];
  let [now, most] = [0, 0];
  await inLanes(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
    begun.push(item);
    most = Math.max(most, ++now);
    await turn();
    now--;
  });
  expect({ begun, most }).toEqual({ begun: [1, 2, 3, 4, 5, 6, 7], most: 3 });
});

test('none is begun once it is stopped', async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await turn();
  };
  await inLanes(2, [1, 2, 3, 4, 5, 6], work, () => begun.length >= 4);
  expect(begun).toEqual([1, 2, 3, 4]);
});

test('what fails fails all', async () => {
  const work = async (item: number) => {
    if (item === 2) throw new Error('two');
  };
  await expect(inLanes(2, [1, 2, 3], work)).rejects.toThrow('two');
});

test('ranges cover all, the last one shorter', () => {
  expect([...ranges(7, 3)]).toEqual([
    [0, 3],
    [3, 6],
    [6, 7],
  ]);
  expect([...ranges(0, 3)]).toEqual([]);
});
