// Ranges of combinations, against the exact ones in float64: around them, and hardly wider.
import { expect, test } from 'vitest';
import { createRounding } from '../../../src/ops/rounding.js';
import { rangesOf, spreadOf } from '../../../src/ops/zonotope.js';
import { Program } from '../../../src/program/program.js';
import { numbersOf } from '../../helpers/bounding.js';
import { Draw } from '../../helpers/draw.js';
import { compute, result } from '../../helpers/programs.js';

const [entries, m, k, n, generators, rows] = [2, 3, 4, 9, 50, 5];

test('around the exact ranges, and tight', async () => {
  const draw = new Draw(20_261_130);
  const tensors = {
    generators: draw.tensor([entries, k, n, generators]),
    lower: draw.tensor([entries, k, n]),
    width: draw.tensor([entries, k, n]),
    a: draw.tensor([rows, entries, m, n]),
  };
  const p = new Program();
  const rounding = createRounding('float32', 'deployed');
  const lower = p.constant(tensors.lower);
  const upper = p.add(lower, p.abs(p.constant(tensors.width)));
  const spread = spreadOf(p, rounding, { generators: p.constant(tensors.generators), lower, upper });
  const found = await compute(p, {
    upper,
    ...prefixed(rangesOf(p, rounding, spread, p.constant(tensors.a))),
  });
  const most = numbersOf(result(found, 'upper'));
  const [least, greatest] = [numbersOf(result(found, 'least')), numbersOf(result(found, 'most'))];
  const value = (data: ArrayLike<number>, at: number) => data[at] ?? Number.NaN;
  for (let at = 0; at < least.length; at++) {
    const [column, rest] = [at % k, Math.floor(at / k)];
    const entry = Math.floor(rest / m) % entries;
    let [low, high] = [0, 0];
    const sums = new Float64Array(generators);
    for (let j = 0; j < n; j++) {
      const a = value(tensors.a.data, rest * n + j);
      const element = (entry * k + column) * n + j;
      const ends = [a * value(tensors.lower.data, element), a * value(most, element)];
      low += Math.min(...ends);
      high += Math.max(...ends);
      for (let g = 0; g < generators; g++)
        sums[g] = value(sums, g) + a * value(tensors.generators.data, element * generators + g);
    }
    const reach = sums.reduce((sum, next) => sum + Math.abs(next), 0);
    expect(value(least, at)).toBeLessThanOrEqual(low - reach);
    expect(value(greatest, at)).toBeGreaterThanOrEqual(high + reach);
    const width = value(greatest, at) - value(least, at);
    expect(width).toBeLessThan((high - low + 2 * reach) * 1.001 + 0.001);
  }
});

const prefixed = ({ lower, upper }: ReturnType<typeof rangesOf>) => ({ least: lower, most: upper });
