// Networks as exporters write them (corpora/exporters): each is typed, lowered to what ONNX Runtime computes, and bounded,
// or the manifest says how far it gets and why. A file that gets farther fails too, so that the manifest stays true.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stateOf } from '../helpers/exported.js';

type Entry = {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly shows: string;
  readonly licence: string;
  readonly bounded?: boolean;
  /** How far a file gets that is not bounded, and a part of the reason. */
  readonly expect?: { readonly state: 'fuzzed' | 'refused'; readonly reason: string };
};

const folder = new URL('../../corpora/exporters', import.meta.url).pathname;
const { models }: { models: readonly Entry[] } = JSON.parse(
  readFileSync(join(folder, 'manifest.json'), 'utf8'),
);
const greatestFile = 40_000;
const greatestFolder = 500_000;

test('every file is listed, small, ours, and as it was listed', () => {
  expect(models.map(({ file }) => file).toSorted()).toEqual(
    readdirSync(folder)
      .filter((file) => file.endsWith('.onnx'))
      .toSorted(),
  );
  for (const { file, sha256, bytes, licence } of models) {
    const content = readFileSync(join(folder, file));
    expect(createHash('sha256').update(content).digest('hex'), file).toBe(sha256);
    expect(content.length, file).toBe(bytes);
    expect(licence).toBe('Apache-2.0');
    expect(content.length).toBeLessThan(greatestFile);
  }
  expect(models.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(greatestFolder);
});

test('every file is bounded, or says why not', () => {
  for (const { file, bounded, expect: state } of models) expect(bounded === true, file).toBe(!state);
});

describe('exported networks', () => {
  test.each(models)('$file: $shows', async ({ file, expect: expected }) => {
    const { state, reason } = await stateOf(join(folder, file));
    expect({ state, reason }).toMatchObject({ state: expected?.state ?? 'bounded' });
    expect(reason).toContain(expected?.reason ?? '');
  });
});
