// Perceptrons at their worst point, with a bound so near to the exact minimum that it is kept in exact arithmetic by less than what float32
// rounds: found by exact rational arithmetic.
import { Draw } from '../../../helpers/draw.js';
import { executed } from '../../../helpers/execution.js';
import { mlp } from '../../../helpers/mlps.js';
import { leastExcessOf } from '../../../helpers/rational.js';
import { orders } from '../../../helpers/summation.js';
import { type AdversarialCase, atMost, type Family } from '../case.js';

const nothing = { inputs: [], outputs: [[0, 1]], bound: 0 } as const;

/** The next networks of the stream of which some order of summation is below the exact minimum of its point. */
function drawn(draw: Draw, widths: readonly number[], name: string): AdversarialCase {
  for (;;) {
    const { model, layers } = mlp(draw, widths, 'normal');
    const x = Math.fround(draw.uniform());
    const { n, d } = leastExcessOf(layers, [x, x], [nothing]);
    // Rounded down to a float64: below the exact value, and nearer to it than any float32.
    const value = Number((n * 2n ** 80n) / d) / 2 ** 80;
    const bound = value - Math.abs(value) * 2 ** -50;
    const below = Array.from(
      orders.values(),
      (sum) => (executed(model, [x], () => sum, draw.uniform)[0] ?? Number.NaN) <= bound,
    );
    if (!below.includes(true)) continue;
    return {
      name,
      file: model,
      range: [x, x],
      inputs: 1,
      outputs: 1,
      violatedWhere: atMost(bound),
      points: [[x]],
    };
  }
}

const rows = [
  [1, 4, 1],
  [1, 8, 1],
  [1, 16, 1],
  [1, 8, 8, 1],
  [1, 16, 16, 1],
  [1, 32, 32, 1],
  [1, 8, 8, 8, 1],
  [1, 16, 16, 16, 1],
] as const;

export const boundary: Family = {
  title: 'margins below rounding errors',
  source: 'Jia and Rinard 2021, section 4',
  cases: rows.map((widths, at) => drawn(new Draw(at), widths, widths.join('-'))),
};
