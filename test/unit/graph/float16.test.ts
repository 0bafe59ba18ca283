// float16: rounding as ONNX Runtime casts, the file and its lowering bit for bit alike, and rounded at every step.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { createRng } from '../../../src/base/rng.js';
import { float32, joined } from '../../../src/base/tensor.js';
import { roundToFloat16, toFloat16 } from '../../../src/graph/precision/float16.js';
import { loadModel } from '../../../src/onnx/load.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { grad } from '../../../src/program/grad.js';
import { Program } from '../../../src/program/program.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { compute, inline, result } from '../../helpers/programs.js';

const corpus = async (name: string) => {
  const file = new URL(`../../../corpora/${name}.onnx`, import.meta.url).pathname;
  return discoverTypes((await loadModel(file)).model, file, inline);
};

const rng = createRng(1, 'float16');
const images = float32(
  Float32Array.from({ length: 64 * 64 }, () => rng.uniform()),
  [64, 1, 8, 8],
);

test('rounding is that of a cast, for numbers of every size, ties and the ends of the range', async () => {
  const bits = Uint32Array.from({ length: 200_000 }, () => rng.uint32());
  // Ties and their neighbours: the bits below float16's are 1000... or one more or less.
  const ties = Uint32Array.from(
    { length: 100_000 },
    () => (rng.uint32() & ~0x1fff) + 0x1000 + rng.below(3) - 1,
  );
  const special = [
    0,
    -0,
    65504,
    65519,
    65519.996,
    65520,
    1e30,
    2 ** -24,
    2 ** -25,
    2 ** -26,
    1e-40,
    -Infinity,
  ];
  const values = joined([
    Float32Array.from(special),
    new Float32Array(bits.buffer),
    new Float32Array(ties.buffer),
  ]);
  const p = new Program();
  const y = p.cast(p.cast(p.input('x', 'float32', ['batch']), 'float16'), 'float32');
  const cast = result(await compute(p, { y }, { x: float32(values) }), 'y').data as Float32Array;
  const wrong = values.findIndex((value, at) => !Object.is(roundToFloat16(value), cast[at]));
  expect([values[wrong], roundToFloat16(values[wrong] ?? 0), cast[wrong]]).toEqual([undefined, 0, undefined]);
});

describe.each(['digits-mlp', 'digits-cnn'])('%s', (name) => {
  test('the file and the lowered program give the same bits, which are not those of float32', async () => {
    const original = await corpus(name);
    const { model, run } = await opened(toFloat16(original));
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 1, 8, 8]);
    const lowered = await (await compile(p, { y: lowerModel(p, model, x).output }, inline)).run({
      x: images,
    });
    const outputs = await run(images);
    expect(Array.from(lowered.y?.data ?? [], Number)).toEqual([...outputs]);
    const before = await (await opened(original)).run(images);
    const changes = outputs.map((value, at) => Math.abs(value - (before[at] ?? 0)));
    const scale = Math.max(...before.map(Math.abs));
    expect(Math.max(...changes)).toBeGreaterThan(0);
    expect(Math.max(...changes)).toBeLessThan(scale * 2 ** -7);
    for (const value of outputs) expect(roundToFloat16(value)).toBe(value);
  });

  test('gradients go through', async () => {
    const typed = await opened(toFloat16(await corpus(name)));
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 1, 8, 8]);
    const [dx = x] = grad(p, lowerModel(p, typed.model, x).output, [x]);
    const slopes = (await (await compile(p, { dx }, inline)).run({ x: images })).dx?.data ?? [];
    expect(Array.from(slopes, Number).filter((slope) => slope !== 0).length).toBeGreaterThan(1000);
  });
});

test('every step is rounded: 2049 is 2048, 2051 is 2052, and what is too large is infinite', async () => {
  const file = modelOf(
    ['batch', 1],
    [
      ['Add', ['x', 'one'], 's'],
      ['Sub', ['s', 'one'], 'y'],
    ],
    {
      one: float32([1], []),
    },
  );
  const { run } = await opened(toFloat16((await opened(file)).model));
  expect([...(await run(float32([2048, 2050, 70000, 65504], [4, 1])))]).toEqual([
    2047,
    2052,
    Infinity,
    65504,
  ]);
});

test('weights beyond the range become its ends, infinite ones stay', async () => {
  const file = modelOf(['batch', 4], [['Mul', ['x', 'w'], 'y']], { w: float32([1e9, -1e9, Infinity, 0.1]) });
  const { graph } = toFloat16((await opened(file)).model);
  expect([...(graph.constants.get('w')?.data ?? [])]).toEqual([65504, -65504, Infinity, roundToFloat16(0.1)]);
});
