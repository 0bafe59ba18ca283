import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { createThreads } from '../../../src/cli/threads.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import type { Runtime, Session } from '../../../src/program/session.js';
import { inline } from '../../helpers/programs.js';

test('closing waits for computations under way, which would abort the process otherwise', async () => {
  const threads = createThreads(2);
  const p = new Program();
  const side = 512;
  const weight = p.constant(float32(new Float32Array(side * side).fill(1e-3), [side, side]));
  let y = p.input('x', 'float32', ['batch', side]);
  for (let layer = 0; layer < 8; layer++) y = p.tanh(p.matmul(y, weight));
  const session = await compile(p, { y }, threads);
  const runs = Array.from({ length: 4 }, () =>
    session.run({ x: float32(new Float32Array(256 * side).fill(1), [256, side]) }),
  );
  await threads.close();
  expect(await Promise.all(runs)).toHaveLength(4);
  await expect(session.run({})).rejects.toThrow('closed');
});

test('failed computations do not keep it from closing', async () => {
  let closed = false;
  const session: Session = { run: () => Promise.reject(new Error('refused')) };
  const pool: Runtime = {
    ...inline,
    open: async () => session,
    close: async () => {
      closed = true;
    },
  };
  const threads = createThreads(1, pool);
  const opened = await threads.open(new Uint8Array());
  await expect(opened.run({})).rejects.toThrow('refused');
  await threads.close();
  expect(closed).toBe(true);
});
