// Agreement of classes: what search compiles, what the engine is asked to prove and the formula of docs/policy.md say the same of random
// inputs, of networks that compute exactly, so that ties are common; and where bounds prove it, nothing sampled disagrees.
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src/graph/graph.js';
import { satisfies } from '../../../src/verify/decide/constraints.js';
import { subjectOf } from '../../helpers/checking.js';
import { Draw } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { exactNetwork, gridPoint, gridPointNear, seenBy } from '../../helpers/pairs.js';

const [inputs, classes] = [3, 3];
const pointsPerNetwork = 100;

/** argmax, the first of several that are equal. */
const answerOf = (y: readonly number[]): number => y.indexOf(Math.max(...y));

/** Two networks of which the second often says the same. */
function networks(draw: Draw): readonly [Model, Model] {
  const seed = draw.int(0, 2 ** 30);
  const first = exactNetwork(new Draw(seed), [inputs, 4, classes]);
  return [first, exactNetwork(new Draw(draw.flag() ? seed : seed + 1), [inputs, 4, classes])];
}

type Tally = { differing: number; violated: number; unsound: number; proved: number; cases: number };

async function tallyOf(count: number, formula: (f: number[], g: number[]) => boolean): Promise<Tally> {
  const tally = { differing: 0, violated: 0, unsound: 0, proved: 0, cases: 0 };
  for (let seed = 1; seed <= count; seed++) {
    const draw = new Draw(seed);
    const linfEpsilon = draw.pick([0.25, 2]);
    const row = gridPoint(draw, inputs);
    const property = { kind: 'agreement', models: ['m0', 'm1'], linfEpsilon };
    const subject = await subjectOf({ files: networks(draw), rows: [row], range: [-1, 1], property });
    const decides = subject.decides?.();
    if (decides === undefined) throw new Error('no proof');
    const [bound = 0] = await subject.prove(subject.set, subject.targets, 'deployed');
    const points = Array.from({ length: pointsPerNetwork }, () => gridPointNear(draw, row, linfEpsilon));
    const seen = await seenBy(subject, points);
    for (const [at, point] of points.entries()) {
      const y = Array.from(await decides.run(point));
      const expected = !formula(y.slice(0, classes), y.slice(classes));
      const encoded = decides.disjuncts(0).some((disjunct) => satisfies(disjunct, point, y));
      const replayed = (await subject.replay(point, 0)).violated;
      if ([seen.violated[at], encoded, replayed].some((said) => said !== expected)) tally.differing++;
      if (expected) tally.violated++;
      if (expected && bound > 0) tally.unsound++;
      if (bound > 0) tally.proved++;
      tally.cases++;
    }
  }
  return tally;
}

describe('agreement of classes', () => {
  test('compiled objective, proof encoding, replay and formula agree, and what is proved holds', async () => {
    // 100 networks are 10,000 inputs.
    const count = Math.min(100, effort(6));
    const tally = await tallyOf(count, (f, g) => answerOf(f) === answerOf(g));
    expect(tally).toMatchObject({ differing: 0, unsound: 0 });
    expect(tally.violated).toBeGreaterThan(tally.cases / 50);
    expect(tally.violated).toBeLessThan(tally.cases);
    if (count >= 50) expect(tally.proved).toBeGreaterThan(0);
  });

  test('the last of equal outputs instead of the first is noticed', async () => {
    const last = (y: readonly number[]) => y.lastIndexOf(Math.max(...y));
    expect((await tallyOf(3, (f, g) => last(f) === last(g))).differing).toBeGreaterThan(0);
  });
});
