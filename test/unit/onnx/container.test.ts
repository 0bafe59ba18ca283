import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../../src/onnx/container.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { FILE, failure, smallModel } from './fixtures.js';

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('what is not a model is called by its name', () => {
  test.each([
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n', 'Git LFS pointer', 'git lfs pull'],
    ['<!DOCTYPE html><html></html>', 'HTML page', 'download'],
    ['\n\n <html lang="en">', 'HTML page', 'download'],
    ['{"message": "Not Found"}', 'JSON', 'download'],
    ['PK\x03\x04rest', 'zip archive', 'convert'],
    ['\x80\x02}q\x00', 'pickle', 'convert'],
    ['\x89HDF\r\n', 'HDF5', 'convert'],
    ['\x1c\0\0\0TFL3', 'TensorFlow Lite', 'convert'],
    ['', 'empty', 'again'],
  ])('%j', (text, what, hint) => {
    const { code, where, ...texts } = failure(() => unwrap(bytesOf(text), FILE));
    expect({ code, where }).toEqual({ code: 'INVALID_MODEL', where: FILE });
    expect(texts.problem).toContain(what);
    expect(texts.hint).toContain(hint);
  });
});

describe('gzip', () => {
  const bytes = encodeModel(smallModel);

  test('is decompressed', () => {
    expect(unwrap(gzipSync(bytes), FILE)).toEqual(bytes);
  });

  test('leaves plain models as they are', () => {
    expect(unwrap(bytes, FILE)).toBe(bytes);
  });

  test('of nothing is an empty file', () => {
    expect(failure(() => unwrap(gzipSync(new Uint8Array(0)), FILE)).problem).toContain('empty');
  });

  test('of several members is one file', () => {
    const members = [bytes.subarray(0, 40), bytes.subarray(40)].map((part) => gzipSync(part));
    expect(unwrap(Buffer.concat(members), FILE)).toEqual(bytes);
  });

  test('cut short anywhere is an error', () => {
    const whole = gzipSync(Uint8Array.from({ length: 5000 }, (_, index) => (index * index) % 251));
    for (let length = 2; length < whole.length; length++) {
      expect(failure(() => unwrap(whole.subarray(0, length), FILE)).code).toBe('INVALID_MODEL');
    }
  });

  test('bombs are stopped while they inflate', () => {
    const bomb = gzipSync(new Uint8Array(80 * 2 ** 20));
    const { problem, hint } = failure(() => unwrap(bomb, FILE));
    expect(problem).toContain('inflates beyond 64 MiB');
    expect(hint).toContain('gunzip');
  });
});
