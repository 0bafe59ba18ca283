// What lies in a finding's folder, read back by other means than it was written by.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FindingParts, type InputKind, writeFinding } from '../../../../src/cli/findings/write.js';
import { parseFinding } from '../../../../src/findings/finding-schema.js';
import { chainOf } from '../../../../src/fuzz/chain.js';
import { Corpus, seedLineage } from '../../../../src/fuzz/corpus.js';
import type { ImageLayout } from '../../../../src/fuzz/domain.js';
import { decodeNpy } from '../../../../src/policy/data/npy.js';
import { decodePng } from '../../../../src/policy/data/png.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marauder-finding-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const bytes = (name: string) => readFileSync(join(folder, name));

const parts: FindingParts = {
  property: 'robust',
  kind: 'robustness',
  objective: 'robustness',
  cluster: 3,
  models: [{ name: 'net', file: '../net.onnx', sha256: 'a'.repeat(64) }],
  target: 1,
  row: 17,
  linfEpsilon: 0.5,
  margin: -0.25,
  summary: 'class 2 instead of class 1',
  foundBy: 'fuzz',
  chain: [{ by: 'noise', parameters: [3, 4] }],
  executions: 99,
  seed: 7,
  expression: null,
  minimizedFrom: null,
};

const kind = (shape: readonly number[], changes: Partial<InputKind> = {}): InputKind => ({
  shape,
  image: undefined,
  integer: undefined,
  range: [-1, 3],
  ...changes,
});

test('a table: arrays, distances, whole numbers; no images', () => {
  const shape = [4];
  const written = writeFinding(
    folder,
    parts,
    Float32Array.of(0, 1, 2, 3),
    Float32Array.of(0, 1, 0, 6),
    kind(shape, { integer: Uint8Array.of(0, 1, 0, 1) }),
  );
  expect(readdirSync(folder).toSorted()).toEqual(['finding.json', 'input.npy', 'seed.npy']);
  expect(parseFinding(bytes('finding.json').toString(), 'finding.json')).toEqual(written);
  expect(written).toMatchObject({
    ...parts,
    distances: { linf: 3, l2: Math.sqrt(13), l1: 5, l0: 2 },
    integer: [1, 3],
    images: null,
  });
  expect(decodeNpy(bytes('input.npy'), 'input')).toMatchObject({ shape: [1, 4], dtype: 'float32' });
  expect([...decodeNpy(bytes('seed.npy'), 'seed').data]).toEqual([0, 1, 0, 6]);
});

describe('images', () => {
  const layouts: [string, ImageLayout, number[]][] = [
    ['grey, planes', { channels: 1, height: 2, width: 3, order: 'CHW' }, [1, 2, 3]],
    ['grey, no axis of channels', { channels: 1, height: 2, width: 3, order: 'HW' }, [2, 3]],
    ['colour, planes', { channels: 3, height: 2, width: 3, order: 'CHW' }, [3, 2, 3]],
    ['colour, pixels', { channels: 3, height: 2, width: 3, order: 'HWC' }, [2, 3, 3]],
  ];
  test.each(layouts)('%s', (_name, image, shape) => {
    const { channels, height, width, order } = image;
    const size = channels * height * width;
    // Grey level 7 k for the k-th element of planes; the range is -1 to 3.
    const places = Array.from({ length: size }, (_, k) => {
      const [channel, y, x] = [Math.floor(k / 6), Math.floor(k / 3) % 2, k % 3];
      return { k, channel, y, x, at: order === 'HWC' ? (y * width + x) * channels + channel : k };
    });
    const input = new Float32Array(size);
    for (const { k, at } of places) input[at] = -1 + (4 * 7 * k) / 255;
    const seed = input.slice();
    // Lighter by an eighth of the range at one element, darker by a sixteenth at another.
    input[0] = (input[0] ?? 0) + 0.5;
    input[size - 1] = (input[size - 1] ?? 0) - 0.25;
    const { images } = writeFinding(folder, parts, input, seed, kind(shape, { image }));
    expect(images).toEqual({ layout: image, range: [-1, 3], scale: 43, amplification: 8 });

    const drawn = decodePng(bytes('seed.png'), 'seed.png');
    expect(drawn.shape).toEqual([channels === 1 ? 1 : 3, 2 * 43, 3 * 43]);
    const middleOf = (name: string, channel: number, y: number, x: number) =>
      decodePng(bytes(name), name).pixels[(channel * 86 + y * 43 + 21) * 129 + x * 43 + 21];
    for (const { k, channel, y, x } of places) expect(middleOf('seed.png', channel, y, x)).toBe(7 * k);
    expect(middleOf('input.png', 0, 0, 0)).toBe(Math.round(255 / 8));
    expect(middleOf('difference.png', 0, 0, 0)).toBe(255);
    expect(middleOf('difference.png', channels - 1, 1, 2)).toBeCloseTo(128 - 63.5, -1);
    expect(middleOf('difference.png', 0, 0, 1)).toBe(128);
  });

  test('large ones are not enlarged, and no change is amplified by nothing', () => {
    const image: ImageLayout = { channels: 1, height: 130, width: 4, order: 'HW' };
    const input = new Float32Array(520);
    const { images } = writeFinding(folder, parts, input, input, kind([130, 4], { image }));
    expect(images).toMatchObject({ scale: 1, amplification: 1 });
    expect(new Set(decodePng(bytes('difference.png'), '').pixels)).toEqual(new Set([128]));
  });

  test('four channels are no PNG', () => {
    const image: ImageLayout = { channels: 4, height: 4, width: 4, order: 'CHW' };
    const input = new Float32Array(64);
    expect(writeFinding(folder, parts, input, input, kind([4, 4, 4], { image })).images).toBeNull();
    expect(readdirSync(folder)).toHaveLength(3);
  });
});

test('a chain goes back to the seed', () => {
  const corpus = new Corpus(1);
  const one = Float32Array.of(0);
  corpus.add(one, 0, seedLineage);
  corpus.add(one, 1, seedLineage);
  corpus.add(one, 1, { parent: 1, by: 'noise', parameters: [1], executions: 5 });
  corpus.add(one, 1, { parent: 2, by: 'blur', parameters: [], executions: 6 });
  const last = { parent: 3, by: 'splice', parameters: [7, 8], executions: 9 };
  expect(chainOf(corpus, last)).toEqual([
    { by: 'noise', parameters: [1] },
    { by: 'blur', parameters: [] },
    { by: 'splice', parameters: [7, 8] },
  ]);
  expect(chainOf(corpus, seedLineage)).toEqual([]);
});

describe('a finding of version 1', () => {
  const old = {
    schemaVersion: 1,
    property: 'small',
    kind: 'robustness',
    models: parts.models,
    input: 'input.npy',
    inputSha256: 'b'.repeat(64),
    target: 3,
    row: 4,
    linfDistance: 0.05,
    linfEpsilon: 0.05,
    margin: -0.1,
    summary: 'class 7 instead of class 3',
    foundBy: 'gradient',
    executions: 17,
    seed: 7,
  };
  test('is read as one of today', () => {
    expect(parseFinding(JSON.stringify(old), 'f')).toMatchObject({
      schemaVersion: 2,
      property: 'small',
      target: 3,
      objective: 'robustness',
      seedInput: null,
      distances: null,
      chain: [],
    });
  });
  test('a version to come, a missing field', () => {
    expect(() => parseFinding(JSON.stringify({ ...old, schemaVersion: 3 }), 'f')).toThrow(/version 2 or 1/);
    expect(() => parseFinding(JSON.stringify({ ...old, schemaVersion: 2 }), 'f')).toThrow(/"objective"/);
    expect(() => parseFinding(JSON.stringify({ ...old, target: -1 }), 'f')).toThrow(/"target"/);
  });
});
