// The arrows of the architecture: which folder of src/ may import which. Every file may use base/.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = new URL('../../src', import.meta.url).pathname;
const everything = [
  'onnx',
  'graph',
  'program',
  'ops',
  'backends',
  'policy',
  'findings',
  'verify',
  'certify',
  'fuzz',
  'report',
  'cli',
  'base',
];

/** folder -> folders that its files may import besides their own and base/. */
const arrows: Record<string, readonly string[]> = {
  base: [],
  graph: [],
  findings: [],
  onnx: ['graph'],
  program: ['onnx'],
  ops: ['graph', 'program'],
  backends: ['graph', 'program', 'ops'],
  policy: ['findings', 'graph'],
  verify: ['ops', 'program', 'backends', 'graph', 'policy', 'findings'],
  fuzz: ['ops', 'program', 'backends', 'graph', 'policy', 'findings'],
  certify: ['onnx', 'graph', 'policy', 'findings'],
  report: ['findings'],
  cli: everything,
  library: everything,
  'index.ts': [...everything, 'library'],
};

/** folder -> packages and built-in modules that only it may import. */
const guarded: Record<string, readonly string[]> = {
  '@bufbuild/protobuf': ['onnx'],
  'onnxruntime-node': ['program'],
  'gpu.js': ['backends'],
  highs: ['verify'],
  'node:worker_threads': ['program', 'backends'],
  yargs: ['cli'],
  chalk: ['cli'],
  // ONNX Runtime is told in the environment what it has no option for.
  'node:process': ['cli', 'program'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const folderOf = (file: string) => file.split(sep)[0] ?? file;
const importsOf = (file: string) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );

describe.each(files)('%s', (file) => {
  const folder = folderOf(file);

  test('imports only what the architecture allows', () => {
    const allowed = new Set([folder, 'base', ...(arrows[folder] ?? [])]);
    const targets = importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => folderOf(relative(src, join(src, file, '..', specifier))));
    expect(targets.filter((target) => !allowed.has(target))).toEqual([]);
  });

  test('leaves guarded packages to their owners', () => {
    const foreign = importsOf(file).filter((specifier) => {
      const owners = Object.entries(guarded).find(
        ([name]) => specifier === name || specifier.startsWith(`${name}/`),
      )?.[1];
      return owners !== undefined && !owners.includes(folder);
    });
    expect(foreign).toEqual([]);
  });
});

test('every folder has its row in the table', () => {
  expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in arrows))).toEqual([]);
});
