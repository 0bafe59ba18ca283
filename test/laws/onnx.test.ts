// What holds for every model, and for every file that is not one.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/user-error.js';
import type { Model } from '../../src/graph/graph.js';
import { decodeModel } from '../../src/onnx/decode.js';
import { encodeModel } from '../../src/onnx/encode.js';
import { effort } from '../helpers/laws.js';
import { anyModel } from './onnx-models.js';

const SEED = 20260;
const source = { file: 'net.onnx' };
const decode = (bytes: Uint8Array) => decodeModel(bytes, source);

describe('every model', () => {
  test('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        expect(decode(encodeModel(model))).toStrictEqual(model);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('has the same bytes each time', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        const bytes = encodeModel(model);
        expect(Buffer.compare(encodeModel(decode(bytes)), bytes)).toBe(0);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('every file is a model or one error,', () => {
  const samples = fc.sample(anyModel, { seed: SEED, numRuns: 40 }).map(encodeModel);
  /** About 10 kB with all kinds of attributes, tensors and subgraphs. */
  const [bytes = new Uint8Array(0)] = samples.toSorted((a, b) => b.length - a.length);

  const outcome = (file: Uint8Array): Model | UserError => {
    try {
      return decode(file);
    } catch (thrown) {
      if (thrown instanceof UserError) return thrown;
      throw thrown;
    }
  };
  const check = (file: Uint8Array) => {
    // Of this process: the machine may be busy with others.
    const start = process.cpuUsage();
    const result = outcome(file);
    if (result instanceof UserError) {
      expect(['INVALID_MODEL', 'UNSUPPORTED_MODEL']).toContain(result.code);
      expect(result.details.where).toContain('net.onnx');
      expect(result.details.hint).toBeTruthy();
    } else {
      // What was accepted can be written again, and then stays as it is.
      const once = encodeModel(result);
      expect(Buffer.compare(encodeModel(decode(once)), once)).toBe(0);
    }
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(2000);
  };

  const edits = (length: number) =>
    fc.array(fc.tuple(fc.nat(length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const edited = (file: Uint8Array, changes: readonly (readonly [number, number])[]) => {
    const copy = file.slice();
    for (const [at, byte] of changes) copy[at] = byte;
    return copy;
  };

  test('cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length++) check(bytes.subarray(0, length));
  });

  test('with some bytes changed', () => {
    fc.assert(
      fc.property(edits(bytes.length), (changes) => check(edited(bytes, changes))),
      { seed: SEED, numRuns: effort(3000) },
    );
  });

  test('with some bytes changed in its compressed form', () => {
    const compressed = gzipSync(bytes);
    fc.assert(
      fc.property(edits(compressed.length), (changes) => check(edited(compressed, changes))),
      { seed: SEED, numRuns: effort(600) },
    );
  });

  test('of random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { seed: SEED, numRuns: effort(2000) });
  });
});
