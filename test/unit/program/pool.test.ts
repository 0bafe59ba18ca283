// A pool whose threads start when they are first needed.
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

test('every thread gets a session, and all compute the same', async () => {
  const session = await pool.open(await doubled());
  const x = () => float32([1, -3], [2]);
  // More than there are threads, so that every thread gets some.
  const all = await Promise.all(Array.from({ length: 5 }, () => session.run({ x: x() })));
  for (const { y } of all) expect(y?.data).toEqual(Float32Array.of(2, -6));
  expect(pool.workers).toBe(2);
});

test('a thread that has started beforehand does what the others do', async () => {
  const ahead = createPool(2, 'on demand');
  await ahead.start();
  const session = await ahead.open(await doubled());
  expect((await session.run({ x: float32([4], [1]) })).y?.data).toEqual(Float32Array.of(8));
  await ahead.close();
});

test('what is no model is refused every time', async () => {
  const nonsense = () => new Uint8Array([1, 2, 3]);
  for (let time = 0; time < 3; time++) await expect(pool.open(nonsense())).rejects.toThrow();
});

test('a pool that is closed before it has a thread starts none', async () => {
  const closed = createPool(2, 'on demand');
  await closed.close();
  await expect(closed.open(await doubled())).rejects.toThrow('closed');
  await expect(closed.start()).rejects.toThrow('closed');
});

/** A task as a module of its own. */
const taskOf = (body: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`export const perform = async (run, given) => { ${body} }`)}`,
  );

test('a task runs the session where it is, and what it makes moves back', async () => {
  const session = await pool.open(await doubled());
  const task = taskOf(`
    const { y } = await run({ x: { dtype: 'float32', shape: [given.length], data: given } });
    return { made: { twice: y.data, given }, transfer: [y.data.buffer] };`);
  const given = Float32Array.of(1, -3);
  expect(await session.perform?.(task, given, [given.buffer])).toEqual({
    twice: Float32Array.of(2, -6),
    given: Float32Array.of(1, -3),
  });
  expect(given.length).toBe(0);
});

test('a thread does one task after the other, and goes on after one that fails', async () => {
  const single = createPool(1, 'on demand');
  const session = await single.open(await doubled());
  const task = taskOf(`
    globalThis.began = (globalThis.began ?? 0) + 1;
    const { began } = globalThis;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (given === 'fail') throw new Error('no such luck');
    return { made: globalThis.began - began, transfer: [] };`);
  const all = ['', 'fail', '', ''].map((given) => session.perform?.(task, given, []));
  await expect(all[1]).rejects.toThrow('no such luck');
  // None began while another was at it.
  expect(await Promise.all([all[0], all[2], all[3]])).toEqual([0, 0, 0]);
  await single.close();
});

test('a task that is not there is refused', async () => {
  const session = await pool.open(await doubled());
  const missing = new URL('data:text/javascript,export const other = 1');
  await expect(session.perform?.(missing, 0, [])).rejects.toThrow();
});

test('a session of this thread does no tasks elsewhere', async () => {
  expect((await inline.open(await doubled())).perform).toBeUndefined();
});
