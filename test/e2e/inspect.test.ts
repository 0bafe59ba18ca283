// `marauder inspect` on every example model, and on one network of each benchmark family where they are there.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const examples = readdirSync(inRoot('corpora')).filter((file) => file.endsWith('.onnx'));

describe.each(examples)('%s', (file) => {
  test('as text', () => {
    const { status, stdout, stderr } = bench.run('inspect', inRoot(`corpora/${file}`));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const words of [
      'image  float32 [batch, 1, 8, 8]',
      'float32 [batch, 10]',
      'any size',
      'can be fuzzed',
    ])
      expect(stdout).toContain(words);
  });

  test('as JSON', () => {
    const { status, stdout } = bench.run('inspect', '--json', inRoot(`corpora/${file}`));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 8, 8] }],
      batched: true,
      obstacle: null,
      unbounded: file === 'digits-cnn-int8.onnx' ? expect.any(String) : null,
    });
  });
});

const benchmarks = inRoot('../shared/benchmarks');
const largest = 60e6;

/** The smallest network of a family. */
function smallest(family: string): string | undefined {
  const files = readdirSync(join(benchmarks, family), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.onnx(\.gz)?$/.test(file))
    .map((file) => join(benchmarks, family, file))
    .filter((file) => statSync(file).size < largest);
  return files.sort((a, b) => statSync(a).size - statSync(b).size)[0];
}

const families = existsSync(benchmarks)
  ? readdirSync(benchmarks).filter((family) => smallest(family) !== undefined)
  : [];
if (families.length === 0) console.log(`skipped: no benchmark networks in ${benchmarks}`);

describe.runIf(families.length > 0)('benchmark networks', () => {
  test.each(families)('%s: an answer or one clear error, never a stack trace', (family) => {
    const file = smallest(family) ?? '';
    const { status, stdout, stderr } = bench.run('inspect', '--json', file);
    expect(stderr).not.toMatch(/error\[BUG\]|^ +at /m);
    expect([0, 2]).toContain(status);
    if (status === 0) expect(JSON.parse(stdout).nodes).toBeGreaterThan(0);
    else expect(stderr).toMatch(/^error\[\w+\] /);
  });
});

test('output into a closed pipe is no error', () => {
  const command = `node ${inRoot('bin/marauder.js')} inspect ${inRoot('corpora/digits-cnn.onnx')} | head -1`;
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toContain('digits-cnn.onnx');
});
