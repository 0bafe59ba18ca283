// Which command lines start a thread before they are read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
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

describe('a proof gets as many as there are processors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-start-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const x = { dtype: 'float32', shape: [1], data: Float32Array.of(3) } as const;

  test.each([
    ['small', 1000],
    ['large', 2 ** 19],
    ['missing', undefined],
    ['n'.repeat(5000), undefined],
  ])('for a model that is %s', async (name, bytes) => {
    const model = join(folder, `${name}.onnx`);
    if (bytes !== undefined) writeFileSync(model, new Uint8Array(bytes));
    const threads = threadsAhead(['prove', '--json', model, 'p.vnnlib']);
    expect(threads?.workers).toBe(availableParallelism());
    const session = await threads?.open(leastModel.slice());
    expect((await session?.run({ x }))?.y?.data).toEqual(Float32Array.of(3));
    await threads?.close();
    await threads?.close();
  });
});
