import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EntryQueue } from '../../../../src/fuzz/schedule/entry-queue.js';

test('behaves as an array does, wherever its circle starts when it grows', () => {
  const step = fc.record({ pushes: fc.nat(200), shifts: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const queue = new EntryQueue();
      const model: number[] = [];
      let next = 0;
      for (const { pushes, shifts } of steps) {
        for (let count = 0; count < pushes; count++, next++) {
          queue.push(next);
          model.push(next);
        }
        for (let count = 0; count < shifts; count++) expect(queue.shift()).toBe(model.shift());
        expect(queue.size).toBe(model.length);
      }
    }),
    { seed: 1 },
  );
});

test('rotates through what is open; what is not leaves for good', () => {
  const queue = new EntryQueue();
  for (let entry = 0; entry < 5; entry++) queue.push(entry);
  const odd = (entry: number) => entry % 2 === 1;
  expect([queue.rotate(odd), queue.rotate(odd), queue.rotate(odd)]).toEqual([1, 3, 1]);
  expect(queue.size).toBe(2);
  expect(queue.rotate(() => false)).toBeUndefined();
  expect(queue.size).toBe(0);
});
