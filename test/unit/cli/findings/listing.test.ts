import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findingFolders } from '../../../../src/cli/findings/find.js';
import { listingOf, writeListing } from '../../../../src/cli/findings/listing.js';
import { writeFinding } from '../../../../src/cli/findings/write.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'marauder-listing-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const kind = { shape: [1], image: undefined, integer: undefined, range: [0, 1] } as const;

function save(
  folder: string,
  margin: number | null,
  distance: number,
  cluster: number | null,
  minimizedFrom: string | null = null,
): void {
  const parts = {
    property: 'p',
    kind: 'robustness',
    objective: 'robustness',
    cluster,
    models: [{ name: 'net', file: 'net.onnx', sha256: 'a'.repeat(64) }],
    target: 0,
    row: 0,
    linfEpsilon: 1,
    margin,
    summary: folder,
    foundBy: 'fuzz',
    chain: [],
    executions: 1,
    seed: 1,
    expression: null,
    propertyFile: null,
    minimizedFrom,
  } as const;
  writeFinding(join(root, folder), parts, Float32Array.of(distance), Float32Array.of(0), kind);
}

test('the worst first: no number, then margins, then nearness; clusters by their first', () => {
  save('p/c', -1, 0.5, 1);
  save('p/b', -1, 0.25, 2);
  save('p/a', -0.5, 0.125, 1);
  save('q/nan', null, 0.5, null);
  save('q/deep/most', -3, 0.5, 2);
  save('p/b-min', -1, 0.125, 2, 'b');
  const { findings, clusters, unreadable } = listingOf(root);
  expect(findings.map(({ rank, folder }) => [rank, folder])).toEqual([
    [1, 'q/nan'],
    [2, 'q/deep/most'],
    [3, 'p/b-min'],
    [4, 'p/b'],
    [5, 'p/c'],
    [6, 'p/a'],
  ]);
  expect(clusters).toEqual([
    { property: 'p', objective: 'robustness', cluster: null, findings: 1, first: 'q/nan' },
    { property: 'p', objective: 'robustness', cluster: 2, findings: 2, first: 'q/deep/most' },
    { property: 'p', objective: 'robustness', cluster: 1, findings: 2, first: 'p/c' },
  ]);
  expect(unreadable).toEqual([]);
});

test('is written, and again the same; what cannot be read is named', () => {
  save('a', -1, 0.5, 0);
  mkdirSync(join(root, 'b'));
  writeFileSync(join(root, 'b', 'finding.json'), '{');
  writeListing(root);
  const text = readFileSync(join(root, 'findings.json'), 'utf8');
  writeListing(root);
  expect(readFileSync(join(root, 'findings.json'), 'utf8')).toBe(text);
  expect(JSON.parse(text)).toMatchObject({
    findings: [{ folder: 'a' }],
    unreadable: [{ folder: 'b', problem: 'is not JSON' }],
  });
  writeListing(join(root, 'nowhere'));
});

test('paths: a folder, its description, a folder above, an empty one, none', () => {
  save('x/b', -1, 0.5, 0);
  save('x/a', -1, 0.5, 0);
  const all = [join(root, 'x/a'), join(root, 'x/b')];
  expect(findingFolders(root)).toEqual(all);
  expect(findingFolders(join(root, 'x/b'))).toEqual([join(root, 'x/b')]);
  expect(findingFolders(join(root, 'x/b/finding.json'))).toEqual([join(root, 'x/b')]);
  mkdirSync(join(root, 'empty'));
  expect(() => findingFolders(join(root, 'empty'))).toThrow(
    expect.objectContaining({ code: 'INVALID_FINDING' }),
  );
  expect(() => findingFolders(join(root, 'none'))).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
});
