// What reports have besides verdicts: how far outputs can move, and how hard proofs were split.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checked, proofsIn, type Setting } from '../../../helpers/checking.js';
import { Draw } from '../../../helpers/draw.js';
import { kinked } from '../../../helpers/hard-networks.js';
import { mlp } from '../../../helpers/mlps.js';

const robust = (files: Setting['files'], rows: Setting['rows'], changes: object = {}): Setting => ({
  files,
  rows,
  range: [-1, 1],
  property: { kind: 'robustness', model: 'm0', linfEpsilon: 0.1, ...changes },
});

describe('bounds of outputs', () => {
  const draw = new Draw(7);
  const row = () => Array.from({ length: 3 }, () => 1.6 * draw.uniform() - 0.8);
  const rows = Array.from({ length: 15 }, row);
  const net = mlp(draw, [3, 6, 4], 'normal').model;

  test('hold of inputs in the boxes, name what the model gives at the row, and are there for twelve instances', async () => {
    const { report, subject } = await checked(robust([net], rows));
    const shown = report.instances.flatMap(({ outputBounds }, at) =>
      outputBounds ? [{ outputBounds, at }] : [],
    );
    expect(shown).toHaveLength(12);
    const { set } = subject;
    for (const { outputBounds, at } of shown) {
      expect(outputBounds).toMatchObject([{ model: 'm0', method: 'crown', size: 4 }]);
      const outputs = outputBounds[0]?.outputs ?? [];
      expect(outputs.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
      const run = subject.decides?.().run ?? expect.fail();
      const values = await run(Float32Array.from(rows[at] ?? []));
      expect(outputs.map(({ atRow }) => atRow)).toEqual([...Array.from(values)]);
      for (let sample = 0; sample < 20; sample++) {
        const side = (data: Float32Array) => data.subarray(at * set.size, (at + 1) * set.size);
        const [lower, upper] = [side(set.lower.data), side(set.upper.data)];
        const input = lower.map((low, element) => {
          const high = upper[element] ?? low;
          return Math.min(high, Math.max(low, low + draw.uniform() * (high - low)));
        });
        for (const [index, value] of Array.from(await run(input)).entries()) {
          expect(value).toBeGreaterThanOrEqual(outputs[index]?.lower ?? Number.NaN);
          expect(value).toBeLessThanOrEqual(outputs[index]?.upper ?? Number.NaN);
        }
      }
    }
  });

  test('are of both models where there are two, of the greatest ten of more outputs, and of none where tests are enough', async () => {
    const wide = mlp(draw, [3, 6, 14], 'normal').model;
    const budget = { executions: 100, seconds: 60 };
    const pair = { kind: 'agreement', model: undefined, linfEpsilon: 0.01, budget };
    const agreement = { ...pair, models: ['m0', 'm1'], tolerance: 9 };
    const { report } = await checked(robust([wide, wide], rows.slice(0, 1), agreement));
    const [bounds = []] = report.instances.map(({ outputBounds }) => outputBounds);
    expect(bounds.map(({ model, size, outputs }) => [model, size, outputs.length])).toEqual([
      ['m0', 14, 10],
      ['m1', 14, 10],
    ]);
    const { report: tested } = await checked(robust([net], rows.slice(0, 2), { expect: 'tested' }));
    expect(tested.instances.filter(({ outputBounds }) => outputBounds)).toEqual([]);
  });
});

test.each([
  ['inputs', 2, /^x\[[01]\]$/],
  ['neurons', 20, /^\w+\[\d+\]$/],
])('a proof by splitting %s has its tree, the same when the proof is used again', async (_, inputs, name) => {
  const origin = [Array.from({ length: inputs }, () => 0)];
  const budget = { executions: 4000, seconds: 60 };
  const setting = robust([kinked(inputs, 2.5)], origin, { linfEpsilon: 1, budget });
  const folder = mkdtempSync(join(tmpdir(), 'marauder-trees-'));
  const { report } = await checked(setting, { proofs: proofsIn(folder) });
  const tree = report.instances[0]?.searchTree ?? expect.fail('no tree');
  expect(tree.leaves).toBeGreaterThan(1);
  expect(tree.nodes[0]).toMatchObject({ parts: 1 });
  for (const { split } of tree.splits) expect(split).toMatch(name);
  const { report: again } = await checked(setting, { proofs: proofsIn(folder) });
  expect(again.cached).toMatchObject({ proofs: 1 });
  // A checker that needed further cuts has more of them.
  expect(again.instances[0]?.searchTree?.leaves).toBeGreaterThanOrEqual(tree.leaves);
});
