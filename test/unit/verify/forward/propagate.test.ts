// Affine forms against the same computed plainly in float64, and where float32 rounds most.
import { expect, test } from 'vitest';
import { float32, int64 } from '../../../../src/base/tensor.js';
import { instanceOf } from '../../../../src/graph/instance.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import { boundModel } from '../../../../src/ops/bound-model.js';
import { createRounding } from '../../../../src/ops/rounding.js';
import { compile } from '../../../../src/program/compile.js';
import { Program } from '../../../../src/program/program.js';
import { boundForward } from '../../../../src/verify/forward/propagate.js';
import { affineBounds } from '../../../helpers/affine-forms.js';
import { Draw } from '../../../helpers/draw.js';
import { effort } from '../../../helpers/laws.js';
import { mlp } from '../../../helpers/mlps.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';
import { opened } from '../../../helpers/opened.js';
import { inline } from '../../../helpers/programs.js';

type Box = { readonly lower: readonly number[]; readonly upper: readonly number[] };

/** Bounds of some values of one box, by affine forms and by intervals alone. */
async function boundsOf(batched: TypedModel, names: readonly string[], { lower, upper }: Box) {
  const model = instanceOf(batched);
  const p = new Program();
  const rounding = createRounding('float32', 'deployed');
  const side = (name: string) => p.input(name, 'float32', model.input.shape);
  const box = { lower: side('lower'), upper: side('upper') };
  const moving = Array.from(lower.keys());
  const forward = boundForward({ p, rounding }, model, box, moving, new Map());
  const plain = boundModel(p, model, box, rounding);
  const outputs = names.flatMap((name, at) => [
    [`l${at}`, forward.bounds(name).lower] as const,
    [`u${at}`, forward.bounds(name).upper] as const,
    [`w${at}`, p.sub(plain.bounds(name).upper, plain.bounds(name).lower)] as const,
  ]);
  const session = await compile(p, Object.fromEntries(outputs), inline);
  const shape = model.input.shape.map(Number);
  const found = await session.run({ lower: float32(lower, shape), upper: float32(upper, shape) });
  const numbers = (name: string) => Array.from((found[name]?.data ?? []) as Float32Array);
  return names.map((_, at) => ({
    lower: numbers(`l${at}`),
    upper: numbers(`u${at}`),
    intervalWidths: numbers(`w${at}`),
  }));
}

test('perceptrons: what exact arithmetic gives, but for a little outward', async () => {
  let tighter = 0;
  for (let seed = 0; seed < effort(6); seed++) {
    const draw = new Draw(seed);
    const { model: file, layers } = mlp(draw, [3, 10, 10, 10, 2], 'normal');
    const { model } = await opened(file);
    const lower = draw.tensor([3]).data;
    const box = {
      lower: [...lower],
      upper: Array.from(lower, (low) => Math.fround(low + draw.pick([0.1, 0.5]))),
    };
    const names = ['h0', 'h1', 'h2', 'y'];
    const reference = affineBounds(layers, box);
    const found = await boundsOf(model, names, box);
    found.forEach(({ lower: least, upper: most, intervalWidths }, at) => {
      const { lower: exactLeast, upper: exactMost } = reference[at] ?? box;
      least.forEach((low, y) => {
        const scale = 1e-4 * (1 + Math.abs(low) + Math.abs(most[y] ?? 0));
        const [below, above] = [(exactLeast[y] ?? 0) - low, (most[y] ?? 0) - (exactMost[y] ?? 0)];
        expect(below, `seed ${seed}, ${names[at]} ${y}`).toBeGreaterThan(0);
        expect(below).toBeLessThan(scale);
        expect(above, `seed ${seed}, ${names[at]} ${y}`).toBeGreaterThan(0);
        expect(above).toBeLessThan(scale);
        if ((most[y] ?? 0) - low < 0.7 * (intervalWidths[y] ?? 0)) tighter++;
      });
    });
  }
  // Not what intervals give anyway.
  expect(tighter).toBeGreaterThan(effort(6) * 10);
});

type Case = {
  readonly nodes: readonly NodeShorthand[];
  readonly weights: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly box: Box;
};

/** y of a network: bounds, and what is deployed at points of the box. */
async function deployed({ nodes, weights, box }: Case) {
  const matrices = Object.entries(weights).map(
    ([name, rows]) => [name, float32(rows.flat(), [rows.length, rows[0]?.length ?? 0])] as const,
  );
  const places = [0, 1, 2].map((place) => [`from${place}`, int64([place])] as const);
  const tensors = [...matrices, ...places, ['axis', int64([1])] as const];
  const inputs = box.lower.length;
  const { model, run } = await opened(modelOf(['batch', inputs], nodes, Object.fromEntries(tensors)));
  const [bounds] = await boundsOf(model, ['y'], box);
  const points = Array.from({ length: 65 }, (_, k) =>
    box.lower.map((low, at) => Math.fround(low + (k / 64) * ((box.upper[at] ?? 0) - low))),
  );
  return { bounds, outputs: [...(await run(float32(points.flat(), [points.length, inputs])))] };
}

const large = 2 ** 24;
/** Cases whose deployed values are many times further apart than exact ones. */
const traps: Readonly<Record<string, Case>> = {
  'a bias that loses the input': {
    nodes: [
      ['Gemm', ['x', 'one', 'plus'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'one', 'minus'], 'y'],
    ],
    weights: { one: [[1]], plus: [[2 ** 26]], minus: [[-(2 ** 26)]] },
    box: { lower: [-0.75], upper: [0.5] },
  },
  'products that lose the input': {
    nodes: [['MatMul', ['x', 'w'], 'y']],
    weights: { w: [[0.1], [1], [-1]] },
    box: { lower: [5, large, large], upper: [35, large, large] },
  },
  'a sum of two inputs': {
    nodes: [
      ['Slice', ['x', 'from0', 'from1', 'axis'], 'a'],
      ['Slice', ['x', 'from1', 'from2', 'axis'], 'b'],
      ['Add', ['a', 'b'], 's'],
      ['Sub', ['s', 'b'], 'y'],
    ],
    weights: {},
    box: { lower: [0.75, large], upper: [1.75, large] },
  },
  'a curve that is almost level': {
    nodes: [
      ['Gemm', ['x', 'one', 'plus'], 'h'],
      ['Tanh', ['h'], 't'],
      ['Gemm', ['t', 'steep', 'minus'], 'y'],
    ],
    weights: { one: [[1]], plus: [[2]], steep: [[2 ** 20]], minus: [[-(2 ** 20)]] },
    box: { lower: [-0.0625], upper: [0.0625] },
  },
};

test.each(Object.entries(traps))('what float32 rounds is inside: %s', async (_name, trap) => {
  const { bounds, outputs } = await deployed(trap);
  const [low = Number.NaN, high = Number.NaN] = [bounds?.lower[0], bounds?.upper[0]];
  expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
  for (const y of outputs) {
    expect(y).toBeGreaterThanOrEqual(low);
    expect(y).toBeLessThanOrEqual(high);
  }
});

test('what is unbounded stays unbounded behind it', async () => {
  const { bounds } = await deployed({
    nodes: [
      ['Gemm', ['x', 'huge'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'huge'], 's'],
      ['Sub', ['s', 's'], 'y'],
    ],
    weights: { huge: [[2 ** 100]] },
    box: { lower: [0.25], upper: [0.5] },
  });
  expect(bounds?.upper).toEqual([Infinity]);
});
