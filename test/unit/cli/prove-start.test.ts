// Which command lines start a thread before they are read.
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { threadsAhead } from '../../../src/cli/prove/start.js';
import { leastModel } from '../../../src/program/least-model.js';

test.each([
  [['check', 'a.onnx', 'p.vnnlib']],
  [['prove']],
  [['prove', '--help']],
  [['prove', 'a.onnx', 'p.vnnlib', '--workers', '1']],
  [['prove', 'a.onnx', 'p.vnnlib', '--workers=2']],
  [[]],
])('none for %j', (words) => {
  expect(threadsAhead(words)).toBeUndefined();
});

test('a proof gets as many as there are processors, of which one has begun', async () => {
  const threads = threadsAhead(['prove', 'a.onnx', 'p.vnnlib', '--json']);
  expect(threads?.workers).toBe(availableParallelism());
  const session = await threads?.first.open(leastModel.slice());
  const x = { dtype: 'float32', shape: [1], data: Float32Array.of(3) } as const;
  expect((await session?.run({ x }))?.y?.data).toEqual(Float32Array.of(3));
  await threads?.close();
  await threads?.close();
});
