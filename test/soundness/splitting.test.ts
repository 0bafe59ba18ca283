// What is proved part by part holds in the whole box: zero tolerance, at borders of parts above all.
import { expect, test } from 'vitest';
import { noDeadline } from '../../src/base/deadline.js';
import { float32 } from '../../src/base/tensor.js';
import { demandMargin, wins } from '../../src/policy/demand.js';
import { splitMargins } from '../../src/verify/splitting.js';
import { Draw } from '../helpers/draw.js';
import { effort } from '../helpers/laws.js';
import { mlp } from '../helpers/mlps.js';
import { type Opened, opened } from '../helpers/opened.js';
import { inline } from '../helpers/programs.js';

const options = { inputs: 2, ration: 512, deadline: noDeadline };

/** A box that is as wide as it can be while class `owner` wins at all points of a grid; borders of parts are among them. */
async function nearlyViolated(it: Opened, fixed: number) {
  for (let width = 4; ; width *= 0.8) {
    const shares = Array.from({ length: 17 }, (_, at) => Math.fround(width * (at / 8 - 1)));
    const points = shares.flatMap((x) => shares.map((y) => [x, y, fixed]));
    const outputs = await it.run(float32(points.flat(), [points.length, 3]));
    const leads = points.map((_, row) => demandMargin(wins, outputs.subarray(2 * row, 2 * row + 2), 0));
    const owner = (leads[144] ?? 0) > 0 ? 0 : 1;
    const own = leads.map((lead) => (owner === 0 ? lead : -lead));
    if (own.some((margin) => margin <= 0) && width > 1e-6) continue;
    const [least = 0, most = 0] = [shares[0], shares[16]];
    return {
      lower: float32([least, least, fixed], [1, 3]),
      upper: float32([most, most, fixed], [1, 3]),
      owner,
      own,
    };
  }
}

test('the bound is below all margins, and a box with a violation is left open', async () => {
  const draw = new Draw(41);
  let [proved, split] = [0, 0];
  for (let run = 0; run < effort(6); run++) {
    const it = await opened(mlp(draw, [3, 6, 2], 'normal').model);
    const { lower, upper, owner, own } = await nearlyViolated(it, draw.uniform());
    const [result] = await splitMargins(
      it.model,
      { lower, upper },
      Int32Array.of(owner),
      [0],
      options,
      inline,
    );
    const { bound = 0, parts = 0 } = result ?? {};
    for (const margin of own) expect(margin).toBeGreaterThanOrEqual(bound);
    expect(parts).toBeLessThanOrEqual(options.ration);
    if (bound > 0) proved++;
    if (bound > 0 && parts > 1) split++;
  }
  expect(proved).toBeGreaterThan(0);
  expect(split).toBeGreaterThan(0);
});

test('what does not fit into the ration is left open', async () => {
  const draw = new Draw(42);
  const it = await opened(mlp(draw, [3, 6, 2], 'normal').model);
  const box = { lower: float32([-1, -1, -1], [1, 3]), upper: float32([1, 1, 1], [1, 3]) };
  // Margins of both classes cannot be positive.
  const both = await Promise.all(
    [0, 1].map((owner) =>
      splitMargins(it.model, box, Int32Array.of(owner), [0], { ...options, inputs: 3, ration: 20 }, inline),
    ),
  );
  const open = both.flat().filter(({ bound }) => bound === -Infinity);
  expect(open.length).toBeGreaterThan(0);
  for (const { parts } of open) expect(parts).toBeLessThanOrEqual(20);
});
