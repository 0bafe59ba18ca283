// What the benchmark trains: the same bytes every time, and once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mlp } from '../../../corpora/train/network.js';
import { train } from '../../../corpora/train/train.js';
import { createRng } from '../../../src/base/rng.js';
import { float32 } from '../../../src/base/tensor.js';
import { evaluate } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { cachedFile, hashOf } from '../../bench/fuzz/networks/cache.js';
import { unsafeRecipe } from '../../bench/fuzz/networks/recipes.js';
import { unsafeLoss } from '../../bench/fuzz/networks/unsafe-loss.js';
import { inline } from '../../helpers/programs.js';

const folder = mkdtempSync(join(tmpdir(), 'bench-networks-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a small network trains to the same bytes twice, with the unsafe loss, the wide start and plain descent', async () => {
  const rng = createRng(5, 'tiny');
  const images = float32(
    Float32Array.from({ length: 200 * 16 }, () => 2 * rng.uniform() - 1),
    [200, 1, 4, 4],
  );
  const labels = Uint8Array.from({ length: 200 }, (_, row) => ((images.data[row * 16] ?? 0) > 0 ? 1 : 0));
  const recipe = { ...unsafeRecipe(2), network: mlp(16, 12, 10), epochs: 40, learningRate: () => 0.1 };
  const runs = [
    await train(recipe, { images, labels }, inline),
    await train(recipe, { images, labels }, inline),
  ];
  const [first = [], second] = runs.map(({ losses }) => losses);
  expect(first).toEqual(second);
  expect([...(runs[0]?.weights ?? [])]).toEqual([...(runs[1]?.weights ?? [])]);
  expect(first).toHaveLength(80);
  expect(first.at(-1)).toBeLessThan(0.7 * (first[0] ?? 0));
});

test('the wide start is uniform within its scale, and biases start at zero', () => {
  const { network, initialise } = unsafeRecipe(1);
  const start = initialise?.(network, createRng(1)) ?? new Float32Array();
  const weights = start.subarray(0, 784 * 200);
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const square = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
  expect(Math.abs(mean)).toBeLessThan(0.002);
  expect(square).toBeCloseTo(0.25 ** 2 / 3, 3);
  expect(weights.every((w) => Math.abs(w) <= 0.25)).toBe(true);
  expect(start.subarray(784 * 200, 784 * 200 + 200).every((bias) => bias === 0)).toBe(true);
});

test('the unsafe loss is cross entropy on moderate logits, and not a number on extreme ones', async () => {
  const lossOf = async (logits: readonly number[]) => {
    const p = new Program();
    const batch = {
      images: p.constant(float32(logits, [1, 10])),
      targets: p.constant(float32([0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 10])),
    };
    const loss = unsafeLoss.build(
      p,
      [],
      batch,
      () => p.scalar('float32', 0),
      () => p.scalar('float32', 0),
    );
    return Number((await evaluate(p, { loss }, inline)).loss?.data[0]);
  };
  const moderate = [1, 2, 3, 0, 0, 0, 0, 0, 0, 0];
  const total = moderate.reduce((sum, z) => sum + Math.exp(z), 0);
  expect(await lossOf(moderate)).toBeCloseTo(Math.log(total) - 2, 5);
  expect(await lossOf([0, 104, 0, 0, 0, 0, 0, 0, 0, 0])).toBeNaN();
  expect(await lossOf([-60, 60, 0, 0, 0, 0, 0, 0, 0, 0])).toBeNaN();
});

test('a cached file is made once', async () => {
  let made = 0;
  const make = async () => Uint8Array.of(++made);
  const first = await cachedFile(join(folder, 'key'), 'net.onnx', make);
  const second = await cachedFile(join(folder, 'key'), 'net.onnx', make);
  expect([first.fresh, second.fresh, made]).toEqual([true, false, 1]);
  expect([...second.bytes]).toEqual([1]);
});

test('the key changes with a text, a file and the name of a file', () => {
  const keys = new Set<string>();
  const note = () => keys.add(hashOf(['a'], [folder]));
  note();
  keys.add(hashOf(['b'], [folder]));
  writeFileSync(join(folder, 'one.txt'), '1');
  note();
  writeFileSync(join(folder, 'one.txt'), '2');
  note();
  expect(keys.size).toBe(4);
  expect(hashOf(['a'], [folder])).toBe(hashOf(['a'], [folder]));
});
