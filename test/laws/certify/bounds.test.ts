// Zero tolerance: float32 execution in any order, fused or not, never leaves the checker's bounds.
import { expect, test } from 'vitest';
import { deployedIn } from '../../../src/certify/arithmetic.js';
import { bound, plainProducts } from '../../../src/certify/backward.js';
import { ratesOf } from '../../../src/certify/intervals.js';
import { linesWith, viewsOf } from '../../../src/certify/known.js';
import { lowerNetwork } from '../../../src/certify/lower/lower.js';
import { Draw, type Flavour } from '../../helpers/draw.js';
import { effort, SEED } from '../../helpers/laws.js';
import { type Dense, mlp } from '../../helpers/mlps.js';
import { dotProducts } from '../../helpers/summation.js';

/** One deployed execution, each sum in an order of its own: what every layer gives, before it is rectified. */
function executed(layers: readonly Dense[], x: readonly number[], draw: Draw): number[][] {
  let values = [...x];
  return layers.map(({ weight, bias }) => {
    const [inputs = 0, outputs = 0] = weight.shape;
    const before = values;
    const sums = Array.from({ length: outputs }, (_, y) => {
      const column = Array.from({ length: inputs }, (_, z) => weight.data[z * outputs + y] ?? 0);
      return draw.pick(dotProducts(column, before, bias?.data[y] ?? 0, draw.uniform));
    });
    values = sums.map((value) => Math.max(value, 0));
    return sums;
  });
}

const flavours: readonly Flavour[] = ['normal', 'degenerate', 'wide', 'cancelling', 'subnormal'];

test('bounds of hidden values, of outputs, and of parts by signs', async () => {
  const draw = new Draw(SEED);
  const counts = { executions: 0, finite: 0, parts: 0 };
  for (let run = 0; run < effort(400); run++) {
    const flavour = draw.pick(flavours);
    const widths = [draw.int(1, 4), draw.int(1, 8), draw.int(1, 8), draw.int(1, 3)];
    const { model, layers } = mlp(draw, widths, flavour);
    const network = lowerNetwork(model);
    const machine = { network, rates: ratesOf(network, deployedIn('deployed')), products: plainProducts };
    const { lower, upper } = draw.boxes(
      1,
      [widths[0] ?? 1],
      flavour === 'subnormal' ? 'subnormal' : 'normal',
    );
    const box = { lower: Float64Array.from(lower.data), upper: Float64Array.from(upper.data) };
    const [view] = await viewsOf(machine, [{ box }]);
    if (view === undefined || !view.isFinite) continue;
    counts.finite++;
    const elements = network.preactivations.flatMap((step) =>
      Array.from({ length: network.steps[step]?.size ?? 0 }, (_, element) => ({ step, element })),
    );
    const bySigns = Int8Array.from(elements, () => draw.int(-1, 1));
    const byStep = new Map<number, Int32Array>();
    const multipliers = new Map<number, Float64Array>();
    elements.forEach(({ step, element }, place) => {
      const size = network.steps[step]?.size ?? 0;
      const own = byStep.get(step) ?? new Int32Array(size).fill(-1);
      const weights = multipliers.get(step) ?? new Float64Array(size);
      own[element] = place;
      weights[element] = (bySigns[place] ?? 0) * (draw.flag() ? draw.uniform() : 0);
      byStep.set(step, own);
      multipliers.set(step, weights);
    });
    const slopes = Uint16Array.from(elements, () => draw.int(0, 65535));
    const located = { places: elements, byStep, tightened: new Map() };
    const lines = linesWith(network, view.known.bounds, located, slopes, network.steps.length, bySigns);
    const rowsOf = (signed: boolean) =>
      Array.from({ length: widths.at(-1) ?? 1 }, (_, output) => {
        const start = new Float64Array(widths.at(-1) ?? 1);
        start[output] = 1;
        const own = signed ? { known: view.known, lines, multipliers } : view;
        return { view: own, start: new Map([[network.output, start]]) };
      });
    const whole = await bound(network, plainProducts, rowsOf(false));
    const part = await bound(network, plainProducts, rowsOf(true));
    for (let at = 0; at < 12; at++) {
      const x = Array.from(lower.data, (low, i) => {
        const high = upper.data[i] ?? low;
        const between = Math.fround(low + draw.uniform() * (high - low));
        return draw.pick([low, high, Math.min(high, Math.max(low, between))]);
      });
      const all = executed(layers, x, draw);
      counts.executions++;
      const hidden = all.slice(0, -1);
      hidden.forEach((values, layer) => {
        const bounds = view.known.bounds[network.preactivations[layer] ?? -1];
        values.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(bounds?.lower[i] ?? Number.NaN);
          expect(value).toBeLessThanOrEqual(bounds?.upper[i] ?? Number.NaN);
        });
      });
      const outputs = all.at(-1) ?? [];
      const isInPart = hidden.flat().every((value, place) => (bySigns[place] ?? 0) * value >= 0);
      if (isInPart) counts.parts++;
      outputs.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(view.known.bounds[network.output]?.lower[i] ?? Number.NaN);
        expect(value).toBeGreaterThanOrEqual(whole[i]?.bound ?? Number.NaN);
        if (isInPart) expect(value).toBeGreaterThanOrEqual(part[i]?.bound ?? Number.NaN);
      });
    }
  }
  expect(counts.finite).toBeGreaterThan(40);
  expect(counts.parts).toBeGreaterThan(10);
});
