// Searches on activations decide all that rounding does not, against exact minima and samples: nothing is left 'exhausted'.
import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { rowsBelow, searched, violations } from '../../helpers/activation-search.js';
import { Draw } from '../../helpers/draw.js';
import { leastExcess } from '../../helpers/exact-minimum.js';
import { effort } from '../../helpers/laws.js';
import { mlp } from '../../helpers/mlps.js';
import { opened } from '../../helpers/opened.js';

const box = (inputs: number) => ({
  lower: new Float32Array(inputs).fill(-1),
  upper: new Float32Array(inputs).fill(1),
});

/** Generously what float32 bounds lose on networks of this size. */
const rounding = (value: number): number => 1e-4 * (1 + Math.abs(value));

const samples = (draw: Draw, inputs: number, count: number) =>
  Float32Array.from({ length: count * inputs }, () => 2 * draw.uniform() - 1);

test('two inputs: proved below the exact minimum, a counterexample above it', async () => {
  const wrong: string[] = [];
  let programs = 0;
  for (let seed = 0; seed < effort(4); seed++) {
    const draw = new Draw(1000 + seed);
    const count = draw.int(1, 3);
    const { model, layers } = mlp(draw, [2, draw.int(2, 6), draw.int(2, 6), count], 'normal');
    const network = await opened(model);
    const outputs = Array.from({ length: count }, () =>
      Array.from({ length: count }, () => draw.pick([1, -1, 0.3, 2])),
    );
    const { lower, upper } = box(2);
    const least = leastExcess(
      layers,
      [lower, upper],
      outputs.map((row) => ({ outputs: row, bound: 0 })),
    );
    const points = samples(draw, 2, 4000);
    const margin = rounding(least);
    for (const [distance, expected] of [
      [-0.05, 'empty'],
      [-margin, 'empty'],
      [0, undefined],
      [margin, 'found'],
    ] as const) {
      const rows = rowsBelow(outputs, 2, least + distance);
      const { outcome, reason, explanation } = await searched(network, { ...box(2), rows });
      programs += Number(/everything split: (\d+)/.exec(explanation.at(-1) ?? '')?.[1] ?? 0);
      const line = `seed ${seed}, ${distance}: ${outcome} ${reason ?? ''}`;
      if (expected !== undefined && outcome !== expected) wrong.push(line);
      if (outcome === 'empty' && (await violations(network, rows, points)).includes(true))
        wrong.push(`${line}, yet a sample violates it`);
    }
  }
  expect(wrong).toEqual([]);
  expect(programs).toBeGreaterThan(15);
}, 300_000);

test('three and four inputs: what is neither proved nor violated lies within rounding', async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < effort(2); seed++) {
    const draw = new Draw(2000 + seed);
    const inputs = draw.int(3, 4);
    const network = await opened(mlp(draw, [inputs, 6, 6, 1], 'normal').model);
    const points = samples(draw, inputs, 10_000);
    const at = (bound: number) =>
      searched(network, { ...box(inputs), rows: rowsBelow([[1]], inputs, bound) });
    let least = Infinity;
    for (const y of await network.run(float32(points, [10_000, inputs]))) least = Math.min(least, y);
    let [proved, violated] = [least - 1, least];
    while (violated - proved > 2 * rounding(proved)) {
      const bound = (proved + violated) / 2;
      const { outcome } = await at(bound);
      if (outcome === 'empty') proved = bound;
      else if (outcome === 'found') violated = bound;
      else {
        const around = [
          (await at(bound - rounding(bound))).outcome,
          (await at(bound + rounding(bound))).outcome,
        ];
        if (around.join() !== 'empty,found')
          wrong.push(`seed ${seed}, ${bound}: ${outcome}, around ${around}`);
        proved = bound - rounding(bound);
        break;
      }
    }
    const rows = rowsBelow([[1]], inputs, proved);
    if ((await violations(network, rows, points)).includes(true))
      wrong.push(`seed ${seed}: a sample violates`);
  }
  expect(wrong).toEqual([]);
}, 300_000);
