import { describe, expect, test } from 'vitest';
import { createDeadline, noDeadline } from '../../../src/base/deadline.js';

describe('a deadline', () => {
  test('expires when its time is over, which is no interruption', () => {
    let now = 100;
    const deadline = createDeadline(50, () => now);
    now = 149;
    expect(deadline.expired()).toBe(false);
    now = 150;
    expect(deadline.expired()).toBe(true);
    expect(deadline.interrupted()).toBe(false);
  });

  test('expires when it is interrupted', () => {
    const controller = new AbortController();
    const deadline = createDeadline(Infinity, () => 0, controller.signal);
    expect([deadline.expired(), deadline.interrupted()]).toEqual([false, false]);
    controller.abort();
    expect([deadline.expired(), deadline.interrupted()]).toEqual([true, true]);
  });

  test('of no time is over at once', () => {
    expect(createDeadline(0, () => 7).expired()).toBe(true);
  });

  test('that never comes', () => {
    expect([noDeadline.expired(), noDeadline.interrupted()]).toEqual([false, false]);
  });
});
