// Zero tolerance: float32 execution in any order, fused or not, never leaves the checker's bounds.
import { expect, test } from 'vitest';
import { bound, plainProducts } from '../../../src/certify/backward.js';
import { boundedIn, boundsAt } from '../../../src/certify/bounds.js';
import { viewsOf } from '../../../src/certify/known.js';
import { limitsOf } from '../../../src/certify/leaves.js';
import { linesWith } from '../../../src/certify/lines.js';
import { lowerNetwork } from '../../../src/certify/lower/lower.js';
import { combined } from '../../../src/certify/rows.js';
import type { Side } from '../../../src/certify/walk.js';
import type { Model } from '../../../src/graph/graph.js';
import { atMost } from '../../helpers/certificates.js';
import { Draw, type Flavour } from '../../helpers/draw.js';
import { effort, SEED } from '../../helpers/laws.js';
import { type Dense, mlp } from '../../helpers/mlps.js';
import { dotProducts } from '../../helpers/summation.js';

/** What some kernel of the activation may give. */
const activations: Readonly<Record<string, (x: number, draw: Draw) => number>> = {
  Relu: (x) => Math.max(x, 0),
  LeakyRelu: (x) => (x >= 0 ? x : Math.fround(x * Math.fround(0.01))),
  Abs: Math.abs,
  Sigmoid: (x, draw) => Math.fround(1 / (1 + Math.exp(-x)) + (draw.uniform() - 0.5) * 2 ** -22),
  Tanh: (x, draw) => Math.fround(Math.tanh(x) * (1 + (draw.uniform() - 0.5) * 2 ** -20)),
  Softsign: (x) => Math.fround(x / Math.fround(1 + Math.abs(x))),
};

/** One deployed execution, each sum in an order of its own: what every layer gives, before its activation. */
function executed(layers: readonly Dense[], kind: string, x: readonly number[], draw: Draw): number[][] {
  let values = [...x];
  return layers.map(({ weight, bias }) => {
    const [inputs = 0, outputs = 0] = weight.shape;
    const before = values;
    const sums = Array.from({ length: outputs }, (_, y) => {
      const column = Array.from({ length: inputs }, (_, z) => weight.data[z * outputs + y] ?? 0);
      return draw.pick(dotProducts(column, before, bias?.data[y] ?? 0, draw.uniform));
    });
    values = sums.map((value) => activations[kind]?.(value, draw) ?? Number.NaN);
    return sums;
  });
}

/** With another activation. */
function changed(model: Model, kind: string): Model {
  const nodes = model.graph.nodes.map((node) => (node.type === 'Relu' ? { ...node, type: kind } : node));
  return { ...model, graph: { ...model.graph, nodes } };
}

const flavours: readonly Flavour[] = ['normal', 'degenerate', 'wide', 'cancelling', 'subnormal'];

test('bounds of hidden values, of outputs, and of parts by what neurons read', async () => {
  const draw = new Draw(SEED);
  const counts = { executions: 0, finite: 0, parts: 0 };
  for (let run = 0; run < effort(400); run++) {
    const flavour = draw.pick(flavours);
    const widths = [draw.int(1, 4), draw.int(1, 8), draw.int(1, 8), draw.int(1, 3)];
    const { model, layers } = mlp(draw, widths, flavour);
    const kind = draw.pick(['Relu', ...Object.keys(activations)]);
    const network = lowerNetwork(changed(model, kind));
    const readSteps = [...network.readers.keys()];
    const machine = { ...boundedIn(network, 'deployed'), products: plainProducts };
    const { lower, upper } = draw.boxes(
      1,
      [widths[0] ?? 1],
      flavour === 'subnormal' ? 'subnormal' : 'normal',
    );
    const box = { lower: Float64Array.from(lower.data), upper: Float64Array.from(upper.data) };
    const [view] = await viewsOf(machine, [{ box }]);
    if (view === undefined || !view.isFinite) continue;
    counts.finite++;
    const elements = readSteps.flatMap((step) =>
      Array.from({ length: network.steps[step]?.size ?? 0 }, (_, element) => ({ step, element })),
    );
    const sides = elements.flatMap(({ step, element }, place): Side[] => {
      const { lower: low, upper: high } = boundsAt(view.known.bounds, step);
      const inside = (low[element] ?? 0) + draw.uniform() * ((high[element] ?? 0) - (low[element] ?? 0));
      return draw.flag()
        ? []
        : [{ place, at: draw.pick([0, Math.fround(inside)]), side: draw.pick([1, -1]) }];
    });
    const byStep = new Map<number, Int32Array>();
    elements.forEach(({ step, element }, place) => {
      const own = byStep.get(step) ?? new Int32Array(network.steps[step]?.size ?? 0).fill(-1);
      own[element] = place;
      byStep.set(step, own);
    });
    const slopes = Uint16Array.from(elements, () => draw.int(0, 65535));
    const located = { places: elements, byStep, tightened: new Map() };
    const limits = limitsOf(view.known.bounds, sides, (place) => elements[place] ?? { step: 0, element: 0 });
    const boundsOf = (step: number) => limits.get(step) ?? boundsAt(view.known.bounds, step);
    const partView = { known: view.known, lines: linesWith(network, view.lines, boundsOf, located, slopes) };
    const multiplied = sides.map(({ place, at, side }) => ({
      ...(elements[place] ?? { step: 0, element: 0 }),
      at,
      multiplier: side * (draw.flag() ? draw.uniform() : 0),
    }));
    const rowsOf = (isPart: boolean) =>
      Array.from({ length: widths.at(-1) ?? 1 }, (_, output) => {
        const claim = { constraints: [atMost(output, 0)], margin: 0 };
        return combined(network, isPart ? partView : view, claim, [1], isPart ? multiplied : []);
      });
    const whole = await bound(network, plainProducts, rowsOf(false));
    const part = await bound(network, plainProducts, rowsOf(true));
    for (let at = 0; at < 12; at++) {
      const x = Array.from(lower.data, (low, i) => {
        const high = upper.data[i] ?? low;
        const between = Math.fround(low + draw.uniform() * (high - low));
        return draw.pick([low, high, Math.min(high, Math.max(low, between))]);
      });
      const all = executed(layers, kind, x, draw);
      counts.executions++;
      const hidden = all.slice(0, -1);
      hidden.forEach((values, layer) => {
        const bounds = view.known.bounds[readSteps[layer] ?? -1];
        values.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(bounds?.lower[i] ?? Number.NaN);
          expect(value).toBeLessThanOrEqual(bounds?.upper[i] ?? Number.NaN);
        });
      });
      const outputs = all.at(-1) ?? [];
      const values = hidden.flat();
      const isInPart = sides.every(({ place, at, side }) => side * ((values[place] ?? 0) - at) >= 0);
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
