// A lane keeps to its room and to the order of arrival, also where tasks fail.
import { expect, test } from 'vitest';
import { createLane } from '../../../src/fuzz/lane.js';

test('no more tasks are under way than there is room, in order, and failures free their place', async () => {
  const lane = createLane(2);
  const started: number[] = [];
  let underWay = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, at) =>
      lane(async () => {
        started.push(at);
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 3 - (at % 3)));
        underWay--;
        if (at % 4 === 1) throw new Error(`task ${at}`);
        return at;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(results.map(({ status }) => status === 'rejected')).toEqual(results.map((_, at) => at % 4 === 1));
});

test('whoever arrives while a place is handed over waits behind the others', async () => {
  for (let moments = 0; moments < 12; moments++) {
    const lane = createLane(1);
    const started: string[] = [];
    let underWay = 0;
    let end = () => {};
    const task = (name: string, work: Promise<void>) =>
      lane(async () => {
        started.push(name);
        expect(++underWay).toBe(1);
        await work;
        underWay--;
      });
    const first = task(
      'first',
      new Promise((resolve) => {
        end = resolve;
      }),
    );
    const second = task('second', Promise.resolve());
    end();
    for (let moment = 0; moment < moments; moment++) await Promise.resolve();
    await Promise.all([first, second, task('third', Promise.resolve())]);
    expect(started).toEqual(['first', 'second', 'third']);
  }
});
