import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../src/base/user-error.js';
import { dataTypes } from '../../../src/onnx/dtypes.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { loadModel } from '../../../src/onnx/load.js';
import { TensorProto_DataLocation } from '../../onnx-proto/onnx_pb.js';
import { protoBytes, smallModel } from './fixtures.js';

let folder = '';
const path = (name: string) => join(folder, name);
const write = (name: string, bytes: Uint8Array): string => {
  writeFileSync(path(name), bytes);
  return path(name);
};
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-onnx-'));
  mkdirSync(path('inside'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failure = async (file: string): Promise<UserError> => {
  const thrown = await loadModel(file).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof UserError)) throw thrown ?? new Error('expected a UserError');
  return thrown;
};

test('reads a file and its hash', async () => {
  const bytes = encodeModel(smallModel);
  const loaded = await loadModel(write('plain.onnx', bytes));
  expect(loaded.model).toEqual(smallModel);
  expect(Buffer.from(loaded.bytes).equals(bytes)).toBe(true);
  expect(loaded.sha256).toBe(sha256(bytes));
});

test('of compressed files gives the bytes decompressed and the hash as on disk', async () => {
  const compressed = gzipSync(encodeModel(smallModel));
  const loaded = await loadModel(write('small.onnx.gz', compressed));
  expect(loaded.model).toEqual(smallModel);
  expect(loaded.bytes).toEqual(encodeModel(smallModel));
  expect(loaded.sha256).toBe(sha256(compressed));
});

test.each([
  ['nothing there', 'gone.onnx', 'FILE_NOT_FOUND'],
  ['a file as folder', 'plain.onnx/net.onnx', 'FILE_NOT_FOUND'],
  ['a folder', 'inside', 'FILE_UNREADABLE'],
  ['an empty file', 'empty.onnx', 'INVALID_MODEL'],
  ['a NUL in the path', 'net\0.onnx', 'FILE_UNREADABLE'],
])('%s', async (_, name, code) => {
  write('empty.onnx', new Uint8Array(0));
  const error = await failure(path(name));
  expect(error.code).toBe(code);
  expect(error.details.where).toBe(path(name));
  expect(error.details.hint).toBeTruthy();
});

test('a device is not read', async () => {
  expect((await failure('/dev/zero')).code).toBe('FILE_UNREADABLE');
});

// The superuser may read everything.
test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
  chmodSync(write('secret.onnx', encodeModel(smallModel)), 0);
  expect((await failure(path('secret.onnx'))).details.problem).toContain('permission');
});

describe('external data', () => {
  const constants = (locations: Record<string, string>) =>
    Object.entries(locations).map(([name, location]) => ({
      name,
      dims: [2n],
      dataType: dataTypes.float32,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: location }],
    }));
  const modelWith = (locations: Record<string, string>) => {
    const names = Object.keys(locations);
    const node = [{ opType: 'Sum', input: names, output: ['y'] }];
    const initializer = constants(locations);
    return protoBytes({ name: 'g', initializer, node, output: [{ name: 'y' }] });
  };
  const a = new Uint8Array(Float32Array.of(1, 2).buffer);
  const b = new Uint8Array(Float32Array.of(3, 4).buffer);

  test('is read from beside the model, and part of its hash in order of names', async () => {
    write('a.bin', a);
    write('inside/b.bin', b);
    const file = modelWith({ v: 'inside/b.bin', w: './a.bin', again: 'a.bin' });
    const { model, bytes, sha256: hash } = await loadModel(write('external.onnx', file));
    expect(model.graph.constants.get('v')?.data).toEqual(Float32Array.of(3, 4));
    expect(model.graph.constants.get('w')?.data).toEqual(Float32Array.of(1, 2));
    expect(hash).toBe(sha256(file, a, b));
    const { y } = await (await InferenceSession.create(bytes)).run({});
    expect(y?.data).toEqual(Float32Array.of(5, 8));
  });

  test('that is missing is named', async () => {
    const error = await failure(write('missing.onnx', modelWith({ w: 'gone.bin' })));
    expect(error.code).toBe('FILE_NOT_FOUND');
    expect(error.details.where).toContain('gone.bin');
  });

  test('is not read through a link that leaves the folder', async () => {
    mkdirSync(path('inner'));
    symlinkSync(path('a.bin'), path('inner/link.bin'));
    symlinkSync(folder, path('inner/up'));
    for (const location of ['link.bin', 'up/a.bin']) {
      const error = await failure(write('inner/model.onnx', modelWith({ w: location })));
      expect(error.code).toBe('INVALID_MODEL');
      expect(error.details.problem).toContain('folder');
    }
  });

  test('is not read from a folder', async () => {
    const error = await failure(write('folder.onnx', modelWith({ w: 'inside' })));
    expect(error.details.problem).toContain('not a regular file');
  });
});
