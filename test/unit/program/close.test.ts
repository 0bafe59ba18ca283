// A pool that is closed while replies are still on their way must neither hang nor let the process go with exit code 13.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const runtime = new URL('../../../dist/src/program/worker-runtime.js', import.meta.url);
const script = `
  const { createWorkerRuntime } = await import(${JSON.stringify(runtime.href)});
  for (let round = 0; round < 5; round++) {
    const pool = createWorkerRuntime(2);
    for (let at = 0; at < 20; at++) pool.open(new Uint8Array([at])).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 5 * round));
    await pool.close();
  }
  console.log('closed');
`;

test('closing waits for its threads, whatever is under way', () => {
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect({ status: child.status, stdout: child.stdout }).toEqual({ status: 0, stdout: 'closed\n' });
});
