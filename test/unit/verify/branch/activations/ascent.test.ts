// When sub-problems leave an ascent: a session that gives bounds as written down, and counts how often each is asked for.
import { expect, test } from 'vitest';
import { float32 } from '../../../../../src/base/tensor.js';
import type { Session } from '../../../../../src/program/session.js';
import { ascend, type Batch, type Rates } from '../../../../../src/verify/branch/activations/ascent.js';
import { momentNames } from '../../../../../src/verify/branch/activations/sessions.js';
import { inline } from '../../../../helpers/programs.js';

/** Step by step: rows tell by `start` which sub-problem they are. */
function scripted(bounds: readonly ((step: number) => number)[]) {
  const steps = bounds.map(() => 0);
  const session: Session = {
    run: async (feeds) => {
      const rows = Array.from(feeds.start?.data as Float32Array);
      const next = float32(new Float32Array(rows.length), [rows.length, 1]);
      const found = rows.map((row) => {
        steps[row] = (steps[row] ?? 0) + 1;
        return bounds[row]?.(steps[row] ?? 0) ?? Number.NaN;
      });
      return {
        bound: float32(found),
        ...Object.fromEntries(
          ['slopes', 'multipliers', ...momentNames].map((name) => [`${name}/next`, next]),
        ),
      };
    },
  };
  return { session, steps };
}

const batchOf = (count: number): Batch => ({
  count,
  start: Float32Array.from({ length: count }, (_, at) => at),
  inputs: undefined,
  splits: new Float32Array(count),
  slopes: new Float32Array(count),
  multipliers: new Float32Array(count),
  limits: new Float64Array(count),
});

const rates: Rates = { steps: 20, slope: 0.1, multiplier: 0.1, decay: 1 };
const paces = [
  // Proved by the first look.
  () => 1,
  // 3 gained by then, 4 missing.
  (step: number) => -8 + step,
  // As fast at first, then hardly at all.
  (step: number) => -8 + Math.min(step, 4) + step / 1000,
  // Far away.
  () => -100,
];

test('what is proved, and what will not be at its pace, leaves early', async () => {
  const { session, steps } = scripted(paces);
  const shared = inline.share({});
  const found = await ascend({ step: session, still: undefined }, shared, batchOf(4), {
    ...rates,
    patience: { share: 0.1, looks: 2 },
  });
  expect(steps).toEqual([4, 12, 8, 4]);
  expect(Array.from(found.bounds, Math.round)).toEqual([1, 4, -4, -100]);
});

test('far from its limit a sub-problem stays while steps gain a share of what it gained over what it is a part of', async () => {
  // 4 in the steps between two looks.
  const pace = (step: number) => -1000 + step;
  const gainedBefore = [20, 60, -1];
  const { session, steps } = scripted(gainedBefore.map(() => pace));
  const parents = Float64Array.from(gainedBefore, (gained) => pace(1) - gained);
  await ascend(
    { step: session, still: undefined },
    inline.share({}),
    { ...batchOf(3), parents },
    {
      ...rates,
      patience: { share: 0.1, looks: 2 },
    },
  );
  // 3 of 23, then 4 of 27 to 39; 3 of 63; 3 of 2.
  expect(steps).toEqual([20, 4, 20]);
});

test('without patience all that is not proved stays', async () => {
  const { session, steps } = scripted(paces);
  await ascend({ step: session, still: undefined }, inline.share({}), batchOf(4), rates);
  expect(steps).toEqual([4, 12, 20, 20]);
});
