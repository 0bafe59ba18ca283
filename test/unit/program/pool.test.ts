// A part of a pool: what it has opened, the pool opens in its other threads, and both end together.
import { afterAll, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { written } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { createPool } from '../../../src/program/worker-runtime.js';
import { inline } from '../../helpers/programs.js';

const pool = createPool(2, 'on demand');
afterAll(() => pool.close());

const doubled = (): Promise<Uint8Array> => {
  const p = new Program();
  return written(p, { y: p.mul(p.input('x', 'float32', ['batch']), 2) }, inline);
};

test('a session of the part and one of the pool compute the same', async () => {
  const bytes = await doubled();
  const part = await pool.first.open(bytes);
  const whole = await pool.open(bytes);
  const x = () => float32([1, -3], [2]);
  // More than there are threads, so that every thread gets some.
  const all = await Promise.all([part, whole, whole, whole, part].map((session) => session.run({ x: x() })));
  for (const { y } of all) expect(y?.data).toEqual(Float32Array.of(2, -6));
  expect([pool.workers, pool.first.workers]).toEqual([2, 1]);
});

test('what both read is shared by both', async () => {
  const p = new Program();
  const sum = p.add(p.input('x', 'float32', ['batch']), p.input('common', 'float32', [1]));
  const bytes = await written(p, { y: sum }, inline);
  const shared = pool.share({ common: float32([10], [1]) });
  for (const runtime of [pool.first, pool, pool]) {
    const { y } = await (await runtime.open(bytes)).run({ x: float32([1], [1]) }, shared);
    expect(y?.data).toEqual(Float32Array.of(11));
  }
  shared.release();
});

test('what is no model is refused every time, by the part and by the pool', async () => {
  const nonsense = () => new Uint8Array([1, 2, 3]);
  for (const runtime of [pool.first, pool, pool.first])
    await expect(runtime.open(nonsense())).rejects.toThrow();
});

test('a pool that is closed before it has a thread starts none', async () => {
  const closed = createPool(2, 'on demand');
  await closed.first.close();
  await expect(closed.open(await doubled())).rejects.toThrow('closed');
  await expect(closed.first.open(await doubled())).rejects.toThrow('closed');
});
