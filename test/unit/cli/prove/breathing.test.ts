// Ctrl-C and the screen are served while this thread computes.
import { expect, test } from 'vitest';
import { breathing } from '../../../../src/cli/prove/breathing.js';
import type { Runtime } from '../../../../src/program/session.js';

/** Answers at once, and takes five milliseconds of a clock that it moves itself. */
function instant() {
  let now = 0;
  const runtime: Runtime = {
    workers: 1,
    open: async () => ({
      run: async () => {
        now += 5;
        return {};
      },
    }),
    share: (feeds) => ({ feeds, release: () => {} }),
    close: async () => {},
  };
  return { runtime, clock: () => now };
}

async function turnsDuring(runtime: Runtime, calls: number): Promise<number> {
  const session = await runtime.open(new Uint8Array());
  let [turns, over] = [0, false];
  const turn = () => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  for (let call = 0; call < calls; call++) await session.run({});
  over = true;
  return turns;
}

test('without breath the event loop waits for the end', async () => {
  expect(await turnsDuring(instant().runtime, 100)).toBe(0);
});

test('one turn in twenty milliseconds, not one in every call', async () => {
  const { runtime, clock } = instant();
  const turns = await turnsDuring(breathing(runtime, clock), 100);
  expect(turns).toBeGreaterThanOrEqual(24);
  expect(turns).toBeLessThanOrEqual(26);
});
