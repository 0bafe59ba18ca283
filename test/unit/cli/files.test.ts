import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  assertWritable,
  createFolder,
  findPolicy,
  readTextFile,
  writeFileAtomic,
} from '../../../src/cli/files.js';

let folder = '';
const at = (...names: string[]) => join(folder, ...names);
const coded = (code: string) => expect.objectContaining({ code });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('findPolicy', () => {
  test('finds the nearest upwards, the YAML before the JSON', () => {
    mkdirSync(at('a', 'b'), { recursive: true });
    writeFileSync(at('marauder.policy.yaml'), '');
    expect(findPolicy(at('a', 'b'))).toBe(at('marauder.policy.yaml'));
    writeFileSync(at('a', 'marauder.policy.json'), '');
    expect(findPolicy(at('a', 'b'))).toBe(at('a', 'marauder.policy.json'));
    writeFileSync(at('a', 'marauder.policy.yml'), '');
    expect(findPolicy(at('a', 'b'))).toBe(at('a', 'marauder.policy.yml'));
  });

  test('passes over a folder of that name, and says where it looked', () => {
    mkdirSync(at('marauder.policy.yaml'));
    expect(() => findPolicy(folder)).toThrow(coded('FILE_NOT_FOUND'));
  });
});

describe('readTextFile', () => {
  test('reads UTF-8 with or without a byte order mark', () => {
    writeFileSync(at('bom'), '\ufeffversion: 1 # ä');
    expect(readTextFile(at('bom'))).toBe('version: 1 # ä');
  });

  test('refuses what is no text file', () => {
    writeFileSync(at('latin1'), Buffer.from([0x61, 0xe4, 0x62]));
    expect(() => readTextFile(at('latin1'))).toThrow(coded('FILE_UNREADABLE'));
    expect(() => readTextFile(folder)).toThrow(coded('FILE_UNREADABLE'));
    expect(() => readTextFile(at('none'))).toThrow(coded('FILE_NOT_FOUND'));
    expect(() => readTextFile(at('latin1', 'below'))).toThrow(coded('FILE_NOT_FOUND'));
  });
});

describe('writeFileAtomic', () => {
  test('creates folders, replaces the old content and leaves nothing else', () => {
    writeFileAtomic(at('deep', 'er', 'report.json'), 'old and longer');
    writeFileAtomic(at('deep', 'er', 'report.json'), 'new');
    expect(readFileSync(at('deep', 'er', 'report.json'), 'utf8')).toBe('new');
    expect(readdirSync(at('deep', 'er'))).toEqual(['report.json']);
  });

  test('writes through a symbolic link', () => {
    writeFileSync(at('real'), 'old');
    symlinkSync(at('real'), at('link'));
    writeFileAtomic(at('link'), 'new');
    expect(readFileSync(at('real'), 'utf8')).toBe('new');
  });

  test('writes into a device instead of replacing it', () => {
    writeFileAtomic('/dev/null', 'gone');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test.each([
    ['a folder', () => folder],
    ['below a file', () => at('file', 'report.json')],
    ['a full device', () => '/dev/full'],
    ['a name that is too long', () => at('x'.repeat(300))],
  ])('%s: one error, and the folder as it was', (_name, path) => {
    writeFileSync(at('file'), 'kept');
    expect(() => writeFileAtomic(path(), 'content')).toThrow(coded('FILE_UNWRITABLE'));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(at('file'), 'utf8')).toBe('kept');
  });
});

describe('assertWritable', () => {
  test('accepts what can be created, and creates nothing', () => {
    assertWritable(at('new', 'folder', 'report.json'));
    assertWritable('/dev/null');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('refuses folders and paths below files', () => {
    writeFileSync(at('file'), '');
    expect(() => assertWritable(folder)).toThrow(coded('FILE_UNWRITABLE'));
    expect(() => assertWritable(at('file', 'report.json'))).toThrow(coded('FILE_UNWRITABLE'));
  });

  test.skipIf(process.getuid?.() === 0)('refuses a read-only folder', () => {
    chmodSync(folder, 0o500);
    expect(() => assertWritable(at('report.json'))).toThrow(coded('FILE_UNWRITABLE'));
    chmodSync(folder, 0o700);
  });
});

describe('createFolder', () => {
  test('creates those above it, and is content with one that is there', () => {
    for (let time = 0; time < 2; time++) {
      createFolder(at('a', 'b', 'c'));
      expect(statSync(at('a', 'b', 'c')).isDirectory()).toBe(true);
    }
  });

  test('a file in its place, or above it', () => {
    writeFileSync(at('file'), '');
    for (const path of [at('file'), at('file', 'below')])
      expect(() => createFolder(path)).toThrow(coded('FILE_UNWRITABLE'));
  });

  // Node's own `recursive` never comes back from there.
  test.runIf(process.platform === 'linux')('a folder that takes none', () => {
    for (const path of ['/proc/marauder', '/proc/marauder/below', '/sys/marauder'])
      expect(() => createFolder(path)).toThrow(coded('FILE_UNWRITABLE'));
    expect(() => writeFileAtomic('/proc/marauder/report.json', '')).toThrow(coded('FILE_UNWRITABLE'));
  });
});
