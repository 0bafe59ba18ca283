// Files beside a module, by how that was built.
import { expect, test } from 'vitest';
import { builtFile } from '../../../src/program/built-file.js';

const from = (source: string, bundled?: 'cjs' | 'js') =>
  builtFile('worker', `file:///a/src/b/${source}`, bundled).href;

test('sources are answered by what they are compiled to, whatever folders are above them', () => {
  expect(from('src/program/pool.ts')).toBe('file:///a/src/b/dist/src/program/worker.js');
});

test('what is compiled has its files beside it', () => {
  expect(from('dist/src/program/pool.js')).toBe('file:///a/src/b/dist/src/program/worker.js');
});

test('in the bundle it is a script, or a module where it is bundled as one', () => {
  expect(from('dist/bundle/decide-x.cjs')).toBe('file:///a/src/b/dist/bundle/worker.cjs');
  expect(from('dist/bundle/decide-x.cjs', 'js')).toBe('file:///a/src/b/dist/bundle/worker.js');
});
