import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { FILE, failure, smallGraph, smallModel } from './fixtures.js';

const withConstant = (data: Float32Array): Model => ({
  ...smallModel,
  graph: { ...smallGraph, constants: new Map([['w', float32(data)]]) },
});

// Before and after initialisers stopped being listed as inputs.
test.each([3, 4, 8])('ONNX Runtime runs what we write, IR version %i', async (irVersion) => {
  const session = await InferenceSession.create(encodeModel({ ...smallModel, irVersion }));
  expect(session.inputNames).toEqual(['x']);
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 1, -3, 5), [2, 2]) });
  expect(y?.data).toEqual(Float32Array.of(2, 0, 0, 3));
});

test('equal models give equal bytes', () => {
  expect(encodeModel(structuredClone(smallModel))).toEqual(encodeModel(smallModel));
});

test('constants may be views of larger buffers', () => {
  const view = Float32Array.of(9, 1, -2, 9).subarray(1, 3);
  expect(encodeModel(withConstant(view))).toEqual(encodeModel(smallModel));
});

test('functions pass through', () => {
  const model = { ...smallModel, functions: [Uint8Array.of(0x0a, 1, 0x66), Uint8Array.of(0x0a, 1, 0x67)] };
  expect(decodeModel(encodeModel(model), { file: FILE })).toEqual(model);
});

describe('size', () => {
  test('constants are copied once, as a whole', () => {
    const model = withConstant(new Float32Array(2 ** 24));
    encodeModel(model);
    const start = process.cpuUsage();
    const bytes = encodeModel(model);
    // 64 MiB: some 20 ms by memory copy. What other threads of the process do counts, too; element by element it is over a second.
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(bytes.length).toBeGreaterThan(2 ** 26);
  });

  test('models beyond the 2 GiB of protobuf are refused before anything is allocated', () => {
    const data = new Float32Array(2 ** 27);
    const constants = new Map(['a', 'b', 'c', 'd'].map((name) => [name, float32(data)]));
    const model = { ...smallModel, graph: { ...smallGraph, constants } };
    const { code, problem } = failure(() => encodeModel(model));
    expect(code).toBe('UNSUPPORTED_MODEL');
    expect(problem).toContain('2.0 GiB');
  });
});
