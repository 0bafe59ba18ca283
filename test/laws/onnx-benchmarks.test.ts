// Networks as exporters really write them: those of VNN-COMP, where they are present beside the project.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { decodeModel } from '../../src/onnx/decode.js';
import { encodeModel } from '../../src/onnx/encode.js';
import { loadModel } from '../../src/onnx/load.js';

const root = new URL('../../../shared/benchmarks', import.meta.url).pathname;
const GREATEST_FILE = 50 * 2 ** 20;

function listNetworks(): string[] {
  if (!existsSync(root)) {
    console.log(`skipped: no benchmark networks at ${root}`);
    return [];
  }
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const networks = paths.filter((path) => /\/onnx\/[^/]+\.onnx(\.gz)?$/.test(path));
  return networks.filter((path) => statSync(join(root, path)).size <= GREATEST_FILE).sort();
}
const networks = listNetworks();

// Without optimisation a session is made in milliseconds, and still checks types and shapes of the whole graph.
const open = (bytes: Uint8Array) =>
  InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });

describe.skipIf(networks.length === 0)('benchmark networks', () => {
  test.each(networks)('%s can be read, written and run', async (path) => {
    const file = join(root, path);
    const { model, bytes } = await loadModel(file);
    const written = encodeModel(model);
    // Compares weights as bytes; `toStrictEqual` takes seconds for a million of them.
    expect(isDeepStrictEqual(decodeModel(written, { file }), model)).toBe(true);
    const [ours, theirs] = [await open(written), await open(bytes)];
    expect(ours.inputNames).toEqual(theirs.inputNames);
    expect(ours.outputNames).toEqual(theirs.outputNames);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(theirs.inputNames);
    await Promise.all([ours.release(), theirs.release()]);
  });
});
