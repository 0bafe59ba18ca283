// The choice of a backend, by a clock that tells what the test wants.
import { expect, test } from 'vitest';
import { chooseBackend } from '../../../src/backends/choose.js';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32 } from '../../../src/base/tensor.js';
import { encodeModel } from '../../../src/program/emit.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';

/** Every second reading ends a run: of ONNX Runtime in the first 12, of gpu.js in the others. */
function clockOf(runtimeMs: number, gpuMs: number) {
  let [reading, now] = [0, 0];
  return () => {
    if (reading % 2 === 1) now += reading < 12 ? runtimeMs : gpuMs;
    reading++;
    return now;
  };
}

async function chosen(
  name: 'auto' | 'gpu' | 'onnxruntime',
  nodes: readonly NodeShorthand[],
  clock = clockOf(1, 1),
) {
  const file = modelOf(['batch', 4], nodes);
  const model = await discoverTypes(file, 'test.onnx', inline);
  const backend = await chooseBackend(model, 'test.onnx', encodeModel(file), inline, name, clock);
  const { data } = await backend.executable.run(float32([1, -2, 3, -4], [1, 4]));
  await backend.close();
  return { kind: backend.kind, words: backend.words, data: Array.from(data as Float32Array) };
}

const relu: readonly NodeShorthand[] = [['Relu', ['x'], 'y']];
const sine: readonly NodeShorthand[] = [
  ['Sin', ['x'], 's'],
  ['Relu', ['s'], 'y'],
];

test('the faster one on this model is taken, and both speeds are told', async () => {
  const slowRuntime = await chosen('auto', relu, clockOf(16, 2));
  expect(slowRuntime).toMatchObject({ kind: 'gpu', data: [1, 0, 3, 0] });
  expect(slowRuntime.words).toMatch(/^onnxruntime: 16,000 inputs\/s; gpu\.js \(.*\): 130,000 inputs\/s$/);
  const slowGpu = await chosen('auto', relu, clockOf(0.25, 2));
  expect(slowGpu).toMatchObject({ kind: 'onnxruntime', data: [1, 0, 3, 0] });
  expect(slowGpu.words).toMatch(/^onnxruntime: 1,000,000 inputs\/s; gpu\.js/);
});

test('a model that gpu.js does not run is run by ONNX Runtime, with the reason', async () => {
  const { kind, words } = await chosen('auto', sine);
  expect([kind, words]).toEqual(['onnxruntime', 'onnxruntime: operators without gpu.js kernels: Sin']);
});

test('what is asked for by name is taken, or refused', async () => {
  expect((await chosen('onnxruntime', relu)).words).toBe('onnxruntime');
  expect((await chosen('gpu', relu)).kind).toBe('gpu');
  await expect(chosen('gpu', sine)).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
});

test('what is timed and taken watches its values, where that is asked for', async () => {
  for (const name of ['auto', 'gpu'] as const) {
    const file = modelOf(['batch', 4], relu);
    const model = await discoverTypes(file, 'test.onnx', inline);
    const clock = clockOf(16, 2);
    const { gpu, close } = await chooseBackend(
      model,
      'test.onnx',
      encodeModel(file),
      inline,
      name,
      clock,
      true,
    );
    const { nonFinite } =
      (await gpu?.runWith({ input: float32([1, 2, 3, Infinity], [1, 4]) })) ?? expect.fail();
    await close();
    expect(nonFinite).toEqual(Uint8Array.of(1));
  }
});
