import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { externalBytes } from '../../../src/onnx/external-data.js';
import { TensorProtoSchema } from '../../onnx-proto/onnx_pb.js';
import { FILE, failure } from './fixtures.js';

const WHERE = `${FILE}: initialiser "w"`;
const content = Uint8Array.from({ length: 16 }, (_, index) => index);
const source = { file: FILE, readExternal: () => content };

const read = (entries: Record<string, string>, from: { file: string } = source) => {
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return externalBytes(create(TensorProtoSchema, { externalData }), 8, WHERE, from);
};

test('gives the bytes at the offset', () => {
  const bytes = read({ location: 'w.bin', offset: '4', length: '8', checksum: 'unused' });
  expect(bytes).toEqual(content.subarray(4, 12));
});

test('starts at 0 and takes what the tensor needs, where the file does not say', () => {
  expect(read({ location: 'w.bin' })).toEqual(content.subarray(0, 8));
});

describe('refuses', () => {
  test.each([
    '/etc/passwd',
    '../w.bin',
    'a/../../w.bin',
    'a\\..\\w.bin',
    'C:\\w.bin',
    'c:w.bin',
    '\\\\host\\w.bin',
    'w\0.bin',
  ])('%j, which leads out of the folder', (location) => {
    const error = failure(() => read({ location }));
    expect(error).toMatchObject({ code: 'INVALID_MODEL', where: WHERE });
    expect(error.problem).toContain('outside');
  });

  test.each([
    [{}, 'without a location'],
    [{ location: '' }, 'without a location'],
    [{ location: 'w', offset: '-4' }, 'offset'],
    [{ location: 'w', offset: '0x4' }, 'offset'],
    [{ location: 'w', offset: '9'.repeat(20) }, 'offset'],
    [{ location: 'w', length: '' }, 'length'],
    [{ location: 'w', length: '4' }, '4 bytes long where type and dims need 8'],
    [{ location: 'w', offset: '9' }, 'which has 16'],
  ])('%j', (entries: Record<string, string>, problem) => {
    expect(failure(() => read(entries)).problem).toContain(problem);
  });

  test('models that were not read from a folder', () => {
    expect(failure(() => read({ location: 'w' }, { file: FILE })).problem).toContain(
      'not read from a folder',
    );
  });
});
