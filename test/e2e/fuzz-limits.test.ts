// What `marauder fuzz` reports keeps every limit; nothing found is exit code 0; --fresh begins anew. Needs `npm run build`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { foldersBelow } from '../../src/cli/findings/find.js';
import { decodeNpy } from '../../src/policy/data/npy.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const mlp = inRoot('corpora/digits-mlp.onnx');
const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const data = `--data ${inRoot('corpora/digits.npz')} --inputs test_images --labels test_labels --scale 0.0625`;
/** Few programs to compile. */
const few = '--objective robustness --mutators noise,sparse-noise,corners --coverage none';
const fuzz = async (line: string) => await bench.call('fuzz', mlp, ...words(`${data} --rows 12 ${line}`));

type Change = { readonly linf: number; readonly l2: number; readonly l0: number };

/** Of every finding below a folder, how far it is from its seed. */
function changesIn(folder: string): Change[] {
  return foldersBelow(bench.path(folder)).map((place) => {
    const numbers = (name: string): Float64Array => {
      const file = join(place, name);
      return Float64Array.from(decodeNpy(readFileSync(file), file).data as Float32Array);
    };
    const [input, seed] = [numbers('input.npy'), numbers('seed.npy')];
    expect(Math.min(...input)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...input)).toBeLessThanOrEqual(1);
    const steps = input.map((value, at) => Math.abs(value - (seed[at] ?? Number.NaN)));
    const l0 = steps.filter((step) => step > 0).length;
    return { linf: Math.max(...steps), l2: Math.hypot(...steps), l0 };
  });
}

describe('limits', () => {
  test.each<[string, string, (change: Change) => boolean]>([
    ['linf', '--linf 0.08', ({ linf }) => linf <= Math.fround(0.08)],
    ['l2', '--l2 0.6', ({ l2 }) => l2 <= 0.6],
    ['l0', '--l0 5', ({ l0 }) => l0 <= 5],
    // Three of 64 elements are fewer than 0.05 of them.
    ['deephunter', '--deephunter 0.05:0.2', ({ l0, linf }) => l0 <= 3 || linf <= Math.fround(0.2)],
  ])('%s', async (name, limit, holds) => {
    const { status, stderr } = await fuzz(`${limit} --executions 2000 ${few} --output-dir ${name}`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const changes = changesIn(name);
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter((change) => !holds(change))).toEqual([]);
  });
});

test('nothing found: exit code 0', async () => {
  const { status, stdout } = await bench.call('fuzz', mlp, '--range', '0:1', ...words('--executions 500'));
  expect(status).toBe(0);
  expect(stdout).toContain('no findings');
});

test('--fresh sets the corpus aside, and counts from nothing', async () => {
  const line = '--linf 0.1 --executions 500 --mutators noise --coverage none --output-dir on --json';
  const before = async (more = '') => JSON.parse((await fuzz(`${line} ${more}`)).stdout).campaigns[0].before;
  expect(await before()).toEqual({ runs: 0, executions: 0 });
  expect(await before()).toEqual({ runs: 1, executions: 500 });
  expect(await before('--fresh')).toEqual({ runs: 0, executions: 0 });
  expect(readdirSync(bench.path('on/fuzz/digits-mlp')).sort()).toEqual(['corpus', 'corpus-1']);
});
