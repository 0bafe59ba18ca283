// When the deadline has been over for a second, nobody waits any longer; before, everybody does.
import { expect, test } from 'vitest';
import { createDeadline } from '../../../../src/base/deadline.js';
import { createOverdue } from '../../../../src/cli/prove/overdue.js';

/** The state of a promise after real timers had time to turn. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setTimeout(resolve, 350, false));
  return Promise.race([promise.then(() => true), later]);
}

test('it waits for the deadline and a second of grace', async () => {
  let now = 0;
  const clock = () => now;
  const { passed, stop } = createOverdue(createDeadline(5000, clock), clock);
  expect(await isSettled(passed)).toBe(false);
  now = 5001;
  expect(await isSettled(passed)).toBe(false);
  now = 6100;
  expect(await isSettled(passed)).toBe(true);
  stop();
});

test('Ctrl-C starts the second, too', async () => {
  let now = 0;
  const clock = () => now;
  const controller = new AbortController();
  const { passed, stop } = createOverdue(createDeadline(Infinity, clock, controller.signal), clock);
  controller.abort();
  expect(await isSettled(passed)).toBe(false);
  now = 1100;
  expect(await isSettled(passed)).toBe(true);
  stop();
});
