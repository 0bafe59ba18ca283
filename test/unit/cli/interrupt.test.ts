import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForInterrupts } from '../../../src/cli/interrupt.js';

function listen() {
  const host = new EventEmitter();
  const left: string[] = [];
  return { host, left, interrupts: listenForInterrupts(host, (name) => left.push(name)) };
}

test('the first Ctrl-C asks to stop, the second leaves', () => {
  const { host, left, interrupts } = listen();
  host.emit('SIGINT');
  expect(interrupts.signal.aborted).toBe(true);
  expect(left).toEqual([]);
  host.emit('SIGINT');
  expect(left).toEqual(['SIGINT']);
});

test('being terminated leaves at once of that signal', () => {
  const { host, left, interrupts } = listen();
  host.emit('SIGTERM', 'SIGTERM');
  expect(left).toEqual(['SIGTERM']);
  expect(interrupts.signal.aborted).toBe(false);
});

test('nothing is left behind', () => {
  const { host, interrupts } = listen();
  interrupts.dispose();
  expect(host.eventNames()).toEqual([]);
});
