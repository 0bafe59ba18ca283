// The two engines: equal bounds up to rounding, and equal judgements.
import { afterAll, expect, test } from 'vitest';
import { plainProducts } from '../../../src/certify/backward.js';
import { boundedIn } from '../../../src/certify/bounds.js';
import { createChecker } from '../../../src/certify/check.js';
import { viewsOf } from '../../../src/certify/known.js';
import { lowerNetwork } from '../../../src/certify/lower/lower.js';
import { createRuntimeProducts } from '../../../src/cli/certificates/runtime-products.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { atMost, certificateOf, check, cuts, sha256 } from '../../helpers/certificates.js';
import { Draw } from '../../helpers/draw.js';
import { SEED } from '../../helpers/laws.js';
import { mlp } from '../../helpers/mlps.js';

const runtime = createInlineRuntime();
afterAll(() => runtime.close());

test('bounds of all steps', async () => {
  const draw = new Draw(SEED);
  for (let run = 0; run < 10; run++) {
    const network = lowerNetwork(mlp(draw, [3, 7, 6, 2], 'normal').model);
    const bounded = boundedIn(network, 'deployed');
    const box = { lower: new Float64Array(3).fill(-0.5), upper: new Float64Array(3).fill(0.5) };
    const [plain] = await viewsOf({ ...bounded, products: plainProducts }, [{ box }]);
    const products = createRuntimeProducts(runtime);
    const [other] = await viewsOf({ ...bounded, products }, [{ box }]);
    for (const at of network.live) {
      const [a, b] = [plain?.known.bounds[at], other?.known.bounds[at]];
      expect(a?.lower.length).toBeGreaterThan(0);
      a?.lower.forEach((low, i) => {
        expect(low).toBeCloseTo(b?.lower[i] ?? Number.NaN, 10);
      });
      a?.upper.forEach((high, i) => {
        expect(high).toBeCloseTo(b?.upper[i] ?? Number.NaN, 10);
      });
    }
  }
});

test('judgements of random certificates', async () => {
  const draw = new Draw(SEED);
  const counts = { accepted: 0, rejected: 0 };
  for (let run = 0; run < 60; run++) {
    const { model } = mlp(draw, [1, 4, 3, 1], 'normal');
    const constraints = [atMost(0, -2 * draw.uniform())];
    const certificate = certificateOf([[-0.5], [0.5]], 1, constraints, cuts(-0.5, 0.5, draw.int(0, 4)));
    const plain = await check(certificate, model);
    const products = createRuntimeProducts(runtime);
    const loaded = { model, sha256 };
    const other = await createChecker(loaded)(certificate, { isStopped: () => false, products });
    expect(other.accepted).toBe(plain.accepted);
    counts[plain.accepted ? 'accepted' : 'rejected']++;
  }
  expect(counts.accepted).toBeGreaterThan(5);
  expect(counts.rejected).toBeGreaterThan(5);
});
