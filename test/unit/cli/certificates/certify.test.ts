// What the maker of certificates adds: cuts where the checker's bounds need them. The file has to hold the tree that was bounded.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { createChecker } from '../../../../src/certify/check.js';
import { certify } from '../../../../src/cli/certificates/certify.js';
import type { Certificate } from '../../../../src/findings/certificate/certificate.js';
import { decodeCertificate } from '../../../../src/findings/certificate/file.js';
import type { Model } from '../../../../src/graph/graph.js';
import { atMost, certificateOf, check, sha256 } from '../../../helpers/certificates.js';
import { Draw } from '../../../helpers/draw.js';
import { SEED } from '../../../helpers/laws.js';
import { mlp } from '../../../helpers/mlps.js';
import { opened } from '../../../helpers/opened.js';

const made = (draft: Certificate, model: Model) =>
  certify(draft, createChecker({ model, sha256 }), { isStopped: () => false });

/** Of samples. */
async function leastOf(model: Model, draw: Draw): Promise<number> {
  const count = 2000;
  const samples = Float32Array.from({ length: 2 * count }, () => 2 * draw.uniform() - 1);
  return Math.min(...(await (await opened(model)).run(float32(samples, [count, 2]))));
}

describe('a leaf that the checker does not prove', () => {
  test('is cut further, and the file is accepted by a checker that makes no cuts', async () => {
    const draw = new Draw(SEED);
    let cut = 0;
    for (let run = 0; run < 12; run++) {
      const { model } = mlp(draw, [2, 6, 6, 1], 'normal');
      const least = await leastOf(model, draw);
      const limit = least - 0.05 * (1 + Math.abs(least));
      const draft = certificateOf(
        [
          [-1, -1],
          [1, 1],
        ],
        1,
        [atMost(0, limit)],
        { kind: 'leaf' },
      );
      const { bytes, judgement } = await made(draft, model);
      expect(judgement.accepted).toBe(true);
      const written = decodeCertificate(bytes);
      if (written.proofs[0]?.root.kind === 'cut') cut++;
      expect(await check(written, model)).toMatchObject({ accepted: true });
    }
    expect(cut).toBeGreaterThan(5);
  });

  test('is no proof where the property is violated, whatever is cut', async () => {
    const draw = new Draw(SEED);
    const { model } = mlp(draw, [2, 6, 1], 'normal');
    const draft = certificateOf(
      [
        [-1, -1],
        [1, 1],
      ],
      1,
      [atMost(0, (await leastOf(model, draw)) + 0.1)],
      {
        kind: 'leaf',
      },
    );
    expect((await made(draft, model)).judgement).toMatchObject({ accepted: false, reason: 'not-positive' });
  });

  test('is left where it has choices: there are no cuts below signs', async () => {
    const draw = new Draw(SEED);
    const { model } = mlp(draw, [2, 3, 1], 'normal');
    const choice = { weights: [1], slopes: Uint16Array.of(0), multipliers: [] };
    const places = { values: [{ name: 'h0', elements: [0] }], tightened: [] };
    const draft = certificateOf(
      [
        [-1, -1],
        [1, 1],
      ],
      1,
      [atMost(0, 1e6)],
      { kind: 'leaf', choice },
      places,
    );
    expect((await made(draft, model)).judgement).toMatchObject({ reason: 'not-positive' });
  });
});
