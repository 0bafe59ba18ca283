// What lies in a finding's folder, read back by other means than it was written by.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chainIn, storedChain } from '../../../../src/cli/findings/chain.js';
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
  chain: [{ by: 'noise', parameters: [3, 4], partner: null }],
  executions: 99,
  seed: 7,
  expression: null,
  propertyFile: null,
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

describe('a chain', () => {
  const corpus = new Corpus(1);
  const at = (value: number) => Float32Array.of(value);
  corpus.add(at(0), 0, seedLineage);
  corpus.add(at(1), 1, seedLineage);
  corpus.add(at(2), 1, { parent: 1, by: 'noise', parameters: [1], executions: 5 });
  corpus.add(at(3), 1, { parent: 2, partner: 0, by: 'blend', parameters: [], executions: 6 });
  const last = { parent: 3, partner: 2, by: 'splice', parameters: [7, 8], executions: 9 };
  const steps = [
    { by: 'noise', parameters: [1], partner: undefined, result: at(2) },
    { by: 'blend', parameters: [], partner: at(0), result: at(3) },
    { by: 'splice', parameters: [7, 8], partner: at(2), result: at(4) },
  ];

  test('goes back to the seed, and is read back as it was written', () => {
    expect(chainOf(corpus, last, at(4))).toEqual(steps);
    const { chain, arrays } = storedChain(steps, [1]);
    const written = writeFinding(folder, { ...parts, chain }, at(4), at(1), kind([1]), { chain: arrays });
    expect(readdirSync(folder).toSorted()).toEqual(['chain.npz', 'finding.json', 'input.npy', 'seed.npy']);
    const read = parseFinding(bytes('finding.json').toString(), 'finding.json');
    expect(read).toEqual(written);
    expect(read.chain.map(({ partner }) => partner)).toEqual([null, 0, 1]);
    expect(chainIn(folder, read, at(4))).toEqual(steps);
  });

  test('of a seed, and of one step, needs no file', () => {
    expect(chainOf(corpus, seedLineage, at(1))).toEqual([]);
    for (const some of [[], steps.slice(0, 1)]) {
      const { chain, arrays } = storedChain(some, [1]);
      expect(arrays).toBeUndefined();
      const read = writeFinding(folder, { ...parts, chain }, at(2), at(1), kind([1]), { chain: arrays });
      expect(chainIn(folder, read, at(2))).toEqual(some);
    }
  });

  test('whose first ancestor was not kept begins with what was made of it', () => {
    const orphan = { parent: -1, by: 'noise', parameters: [5], executions: 1 };
    expect(chainOf(corpus, orphan, at(9))).toEqual([
      { by: 'noise', parameters: [5], partner: undefined, result: at(9) },
    ]);
  });

  test('arrays that do not fit are an error', () => {
    const { chain, arrays } = storedChain(steps, [1]);
    const written = writeFinding(folder, { ...parts, chain }, at(4), at(1), kind([1]), { chain: arrays });
    const longer = { ...written, chain: [...chain, ...chain] };
    expect(() => chainIn(folder, longer, at(4))).toThrow(/has no input 2 in array "results"/);
    expect(() => chainIn(folder, written, Float32Array.of(1, 2))).toThrow(/has no input 0/);
  });
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
