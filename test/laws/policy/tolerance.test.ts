// Agreement with a tolerance: what search compiles, what the engine is asked to prove and the formula of docs/policy.md say the same of
// random inputs, of networks that compute exactly; and bounds are below every sampled margin.
import { describe, expect, test } from 'vitest';
import { satisfies } from '../../../src/verify/decide/constraints.js';
import { subjectOf } from '../../helpers/checking.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { exactNetwork, gridPoint, seenBy } from '../../helpers/pairs.js';

const pointsPerNetwork = 100;

async function tally(networks: number, planted: number) {
  let [differing, violated, unsound] = [0, 0, 0];
  for (let seed = 1; seed <= networks; seed++) {
    const draw = new Draw(seed);
    const files = [exactNetwork(draw, [3, 4, 2]), exactNetwork(draw, [3, 4, 2])];
    const tolerance = draw.pick([1, 4, 10, 40]);
    const property = {
      kind: 'agreement',
      models: ['m0', 'm1'],
      linfEpsilon: 2,
      tolerance: tolerance + planted,
    };
    const rows = [gridPoint(draw, 3)];
    const subject = await subjectOf({ files, rows, range: [-1, 1], property });
    const decides = subject.decides?.();
    if (decides === undefined) throw new Error('no proof');
    const [bound = 0] = await subject.prove(subject.set, subject.targets, 'deployed');
    const points = Array.from({ length: pointsPerNetwork }, () => Float32Array.from(gridPoint(draw, 3)));
    const seen = await seenBy(subject, points);
    for (const [at, point] of points.entries()) {
      const y = Array.from(await decides.run(point));
      const most = Math.max(Math.abs((y[0] ?? 0) - (y[2] ?? 0)), Math.abs((y[1] ?? 0) - (y[3] ?? 0)));
      const expected = most > tolerance;
      const encoded = decides.disjuncts(0).some((disjunct) => satisfies(disjunct, point, y));
      const replayed = (await subject.replay(point, 0)).violated;
      if ([seen.violated[at], encoded, replayed].some((said) => said !== expected)) differing++;
      if (expected) violated++;
      if (bound > tolerance + planted - most) unsound++;
    }
  }
  return { differing, violated, unsound, cases: networks * pointsPerNetwork };
}

describe('agreement with a tolerance', () => {
  test('compiled objective, proof encoding, replay and formula agree, and bounds are below margins', async () => {
    // 100 networks are 10,000 inputs.
    const { differing, violated, unsound, cases } = await tally(Math.min(100, effort(1)), 0);
    expect({ differing, unsound }).toEqual({ differing: 0, unsound: 0 });
    expect(violated).toBeGreaterThan(cases / 50);
    expect(violated).toBeLessThan(cases);
  });

  test('another tolerance is noticed', async () => {
    expect((await tally(2, -0.5)).differing).toBeGreaterThan(0);
  });
});
