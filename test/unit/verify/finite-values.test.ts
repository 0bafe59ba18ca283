// What need not be watched: values proved finite on the hull of an input set, and no others.
import { afterAll, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { runInstrumented } from '../../../src/backends/instrument.js';
import { createRng } from '../../../src/base/rng.js';
import { float32 } from '../../../src/base/tensor.js';
import { loadModel } from '../../../src/onnx/load.js';
import { hullOf, wholeRange } from '../../../src/policy/input-set.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { provablyFinite } from '../../../src/verify/finite-values.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const runtime = createInlineRuntime();
const set = wholeRange([1, 8, 8], { ranges: [[0, 1]] }, undefined, 0);
afterAll(() => runtime.close());

async function provenOf(name: string) {
  const file = new URL(`../../../corpora/${name}.onnx`, import.meta.url).pathname;
  const typed = await discoverTypes((await loadModel(file)).model, file, runtime);
  return { typed, proven: await provablyFinite(typed, hullOf(set), runtime) };
}

test('every value of the plain network is finite on every image', async () => {
  const { typed, proven } = await provenOf('digits-mlp');
  expect(typed.graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => !proven.has(name))).toEqual([]);
});

test('the unsafe head is watched, the layers before it are not', async () => {
  const { proven } = await provenOf('digits-unsafe');
  expect(proven.has('log_probabilities')).toBe(false);
  expect(proven.size).toBeGreaterThan(0);
});

test('the 8-bit network is finite, too: its values are multiples of small steps', async () => {
  const { typed, proven } = await provenOf('digits-cnn-int8');
  expect(proven.has(typed.output.name)).toBe(true);
});

test('nothing behind an operator without bounds is taken for finite', async () => {
  const nodes: NodeShorthand[] = [
    ['Abs', ['x'], 'a'],
    ['Cast', ['a'], 'd', { to: 11 }],
    ['Cast', ['d'], 'f', { to: 1 }],
    ['Abs', ['f'], 'y'],
  ];
  const typed = await discoverTypes(modelOf(['batch', 1, 8, 8], nodes), 'test.onnx', runtime);
  expect([...(await provablyFinite(typed, hullOf(set), runtime))]).toEqual(['a']);
});

test('values taken for finite are finite on random images', async () => {
  const { typed, proven } = await provenOf('digits-unsafe');
  const rng = createRng(7, 'images');
  const images = float32(
    Float32Array.from({ length: 4096 * 64 }, () => Math.round(rng.uniform())),
    [4096, 1, 8, 8],
  );
  const values = await runInstrumented(typed, runtime, { [typed.input.name]: images }, 'any batch');
  for (const name of proven)
    expect(values[name]?.data.every((value: unknown) => Number.isFinite(value))).toBe(true);
});
