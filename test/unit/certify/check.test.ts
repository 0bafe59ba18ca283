// The checker on small certificates: what it accepts, and the reason of every rejection.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import type { ProofNode } from '../../../src/findings/certificate/certificate.js';
import { decodeCertificate, encodeCertificate } from '../../../src/findings/certificate/file.js';
import { atMost, certificateOf, check, cuts } from '../../helpers/certificates.js';
import { modelOf } from '../../helpers/models.js';

/** |x|, as Relu(x) + Relu(-x). */
const absolute = modelOf(
  ['batch', 1],
  [
    ['Gemm', ['x', 'w'], 'h'],
    ['Relu', ['h'], 'r'],
    ['Gemm', ['r', 'ones'], 'y'],
  ],
  { w: float32([1, -1], [1, 2]), ones: float32([1, 1], [2, 1]) },
);
const box = [[-1], [2]] as const;
/** Unsafe: |x| <= -0.25. Over the whole box the lower line is x, over parts it is |x|. */
const far = [atMost(0, -0.25)];
const leaf: ProofNode = { kind: 'leaf' };

describe('accepts', () => {
  test('whole boxes whose bound is positive', async () => {
    const loose = certificateOf(box, 1, [atMost(0, -1.5)], leaf);
    expect(await check(loose, absolute)).toMatchObject({ accepted: true, leaves: 1 });
  });

  test('boxes that are cut', async () => {
    expect(await check(certificateOf(box, 1, far, cuts(-1, 2, 1)), absolute)).toMatchObject({
      accepted: true,
    });
  });

  test('parts by signs, where the bound needs them', async () => {
    // Both neurons read x or -x: their signs are opposite.
    const places = { values: [{ name: 'h', elements: [0, 1] }], tightened: [] };
    const choice = (multipliers: number[]): ProofNode => ({
      kind: 'leaf',
      choice: { weights: [1], slopes: Uint16Array.of(0, 0), multipliers },
    });
    const under = (positive: number[], negative: number[]): ProofNode => ({
      kind: 'sign',
      place: 1,
      positive: choice(positive),
      negative: choice(negative),
    });
    const root = (multiplier: number): ProofNode => ({
      kind: 'sign',
      place: 0,
      positive: under([0, 0], [multiplier, 0]),
      negative: under([0, multiplier], [0, 0]),
    });
    const judged = (multiplier: number) =>
      check(certificateOf(box, 1, far, root(multiplier), places), absolute);
    expect(await judged(1)).toMatchObject({ accepted: true, leaves: 4 });
    expect(await judged(0)).toMatchObject({ reason: 'not-positive' });
  });
});

describe('S-shaped neurons', () => {
  // tanh(x) - x / 2, which is 0.2665 at most. One line above the whole interval reaches 1.
  const bent = modelOf(
    ['batch', 1],
    [
      ['Gemm', ['x', 'one'], 'h'],
      ['Tanh', ['h'], 't'],
      ['Gemm', ['h', 'half'], 'l'],
      ['Sub', ['t', 'l'], 'y'],
    ],
    { one: float32([1], [1, 1]), half: float32([0.5], [1, 1]) },
  );
  const places = { values: [{ name: 'h', elements: [0] }], tightened: [] };
  const claimed = (limit: number, root: ProofNode) =>
    certificateOf([[-1], [3]], 1, [atMost(0, -limit, -1)], root, places);
  const choice = (multipliers: number[]): ProofNode => ({
    kind: 'leaf',
    choice: { weights: [1], slopes: Uint16Array.of(0), multipliers },
  });
  const split = (at: number, positive: ProofNode, negative: ProofNode): ProofNode => ({
    kind: 'sign',
    place: 0,
    at,
    positive,
    negative,
  });
  // Lines of a part hold there: the multiplier of the nearest split is what they leave of a slope.
  const root = split(0, split(1, choice([0, 0.4375]), choice([0, 0.28125])), choice([0.25]));

  test('are bounded in parts at points that are not 0', async () => {
    const whole = await check(claimed(0.6, choice([])), bent);
    expect(whole).toMatchObject({ reason: 'not-positive' });
    const certificate = decodeCertificate(encodeCertificate(claimed(0.6, root)));
    expect(certificate).toEqual(claimed(0.6, root));
    expect(await check(certificate, bent)).toMatchObject({ accepted: true, leaves: 3 });
  });

  test('are not bounded better than they are', async () => {
    for (const limit of [0.25, 0.266])
      expect(await check(claimed(limit, root), bent)).toMatchObject({ accepted: false });
    const wild = split(Number.NaN, choice([0]), choice([0]));
    expect(await check(claimed(0.6, wild), bent)).toMatchObject({ reason: 'malformed' });
  });
});

describe('rejects', () => {
  const proof = certificateOf(box, 1, far, cuts(-1, 2, 1));

  test('another model', async () => {
    expect(await check(proof, absolute, 'b'.repeat(64))).toMatchObject({
      accepted: false,
      reason: 'wrong-model',
    });
  });

  test('a part of which nothing is claimed, with a point of it', async () => {
    const root: ProofNode = { kind: 'cut', input: 0, at: -0.5, left: leaf, right: { kind: 'open' } };
    const found = await check(certificateOf(box, 1, far, root), absolute);
    expect(found).toMatchObject({ accepted: false, reason: 'uncovered' });
    expect('point' in found && found.point[0]).toBeGreaterThanOrEqual(-0.5);
  });

  test('a leaf whose bound is not positive, with a point of it', async () => {
    const wrong = certificateOf(box, 1, [atMost(0, 0.5)], cuts(-1, 2, 4));
    expect(await check(wrong, absolute)).toMatchObject({ accepted: false, reason: 'not-positive' });
  });

  test('bounds that are exactly 0: a point on the boundary is unsafe', async () => {
    const exact = certificateOf([[0.5], [1]], 1, [atMost(0, -1, -1)], leaf);
    expect(await check(exact, absolute)).toMatchObject({ accepted: false });
  });

  test('more than the claimed margin', async () => {
    const wide = certificateOf([[0.5], [1]], 1, [atMost(0, -1.5, -1)], leaf);
    expect(await check({ ...wide, margin: 0.49 }, absolute)).toMatchObject({ accepted: true });
    expect(await check({ ...wide, margin: 0.51 }, absolute)).toMatchObject({ accepted: false });
  });

  test.each([
    ['negative weights', { weights: [-1], slopes: new Uint16Array(), multipliers: [] }],
    ['no weights', { weights: [0], slopes: new Uint16Array(), multipliers: [] }],
    ['slopes of other places', { weights: [1], slopes: Uint16Array.of(1), multipliers: [] }],
    ['multipliers of no sign', { weights: [1], slopes: new Uint16Array(), multipliers: [1] }],
  ])('%s', async (_, choice) => {
    const root: ProofNode = { kind: 'leaf', choice };
    expect(await check(certificateOf(box, 1, far, root), absolute)).toMatchObject({ reason: 'malformed' });
  });

  test('a negative multiplier', async () => {
    const places = { values: [{ name: 'h', elements: [0] }], tightened: [] };
    const part: ProofNode = {
      kind: 'leaf',
      choice: { weights: [1], slopes: Uint16Array.of(0), multipliers: [-1] },
    };
    const root: ProofNode = { kind: 'sign', place: 0, positive: part, negative: part };
    expect(await check(certificateOf(box, 1, far, root, places), absolute)).toMatchObject({
      reason: 'malformed',
    });
  });

  test('neurons that the model does not have', async () => {
    for (const values of [[{ name: 'none', elements: [0] }], [{ name: 'h', elements: [2] }]]) {
      const certificate = certificateOf(box, 1, far, leaf, { values, tightened: [] });
      expect(await check(certificate, absolute)).toMatchObject({ reason: 'malformed' });
    }
  });

  test('operators that it does not know', async () => {
    const curved = modelOf(['batch', 1], [['Erf', ['x'], 'y']]);
    expect(await check(proof, curved)).toMatchObject({ reason: 'unsupported' });
  });

  test('sums that may overflow', async () => {
    const w = float32([3e38, 3e38], [2, 1]);
    const huge = modelOf(['batch', 2], [['Gemm', ['x', 'w'], 'y']], { w });
    const certificate = certificateOf(
      [
        [1, 1],
        [1.5, 1.5],
      ],
      1,
      [atMost(0, 1)],
      leaf,
    );
    expect(await check(certificate, huge)).toMatchObject({ accepted: false });
  });

  test('what holds of exact sums only: (2^25 + x) - 2^25 is 0 in some order', async () => {
    const w = float32([2 ** 25, 1, -(2 ** 25)], [3, 1]);
    const cancelling = modelOf(['batch', 3], [['Gemm', ['x', 'w'], 'y']], { w });
    const certificate = certificateOf(
      [
        [1, 0.5, 1],
        [1, 1, 1],
      ],
      1,
      [atMost(0, 0.25)],
      leaf,
    );
    expect(await check(certificate, cancelling)).toMatchObject({ reason: 'not-positive' });
    expect(await check({ ...certificate, arithmetic: 'real' }, cancelling)).toMatchObject({ accepted: true });
  });
});

describe('files', () => {
  test('hold what was written', () => {
    const proof = certificateOf(box, 1, far, cuts(-1, 2, 3));
    expect(decodeCertificate(encodeCertificate(proof))).toEqual(proof);
  });

  test.each([
    ['bytes', new Uint8Array([1, 2, 3])],
    ['an empty file', new Uint8Array()],
  ])('%s are no certificate', (_, bytes) => {
    expect(() => decodeCertificate(bytes)).toThrow(/gzip/);
  });
});
