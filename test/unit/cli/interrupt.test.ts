import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForInterrupts } from '../../../src/cli/interrupt.js';

function listen() {
  const host = new EventEmitter();
  const codes: number[] = [];
  return { host, codes, interrupts: listenForInterrupts(host, (code) => codes.push(code)) };
}

test('the first Ctrl-C asks to stop, the second leaves', () => {
  const { host, codes, interrupts } = listen();
  host.emit('SIGINT');
  expect(interrupts.signal.aborted).toBe(true);
  expect(codes).toEqual([]);
  host.emit('SIGINT');
  expect(codes).toEqual([130]);
});

test('being terminated leaves at once with the code of the signal', () => {
  const { host, codes, interrupts } = listen();
  host.emit('SIGTERM', 'SIGTERM');
  expect(codes).toEqual([143]);
  expect(interrupts.signal.aborted).toBe(false);
});

test('nothing is left behind', () => {
  const { host, interrupts } = listen();
  interrupts.dispose();
  expect(host.eventNames()).toEqual([]);
});
