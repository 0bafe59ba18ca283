// Laws that every operator of the table obeys, on random one-node models. Zero tolerance where rounding is accounted for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import type { Tensor } from '../../../src/base/tensor.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { operators } from '../../../src/ops/operators/index.js';
import { compile } from '../../../src/program/compile.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import {
  type Bounds,
  type Boxes,
  numbersOf,
  openBounder,
  rowOf,
  samplesOf,
  violations,
} from '../../helpers/bounding.js';
import { Draw, type Flavour, flavours } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { dotProducts } from '../../helpers/summation.js';
import { type Fixture, fixtures, squareEinsum, squareMatmul } from './fixtures.js';
import { bilinearFixtures } from './fixtures-bilinear.js';
import { interpolationFixtures } from './fixtures-resize.js';
import { type DotProduct, linearMap } from './linear-map.js';

const SEED = 20_261_123;
const runtime = createInlineRuntime();

async function opened(fixture: Fixture, draw: Draw, weights: Flavour, opset: number) {
  const recipe = fixture.draw(draw, weights, opset);
  const nodes = [...(recipe.before ?? []), recipe.node];
  const file = modelOf(['batch', ...recipe.shape], nodes, recipe.constants, opset);
  const model = await discoverTypes(file, 'one-node.onnx', runtime);
  const executable = await openExecutable(model, encodeModel(file), runtime);
  return { recipe, model, executable };
}

const rows: readonly (readonly [string, Fixture])[] = [
  ...Object.entries(fixtures),
  ['MatMul of x and x', squareMatmul],
  ['Einsum of x and x', squareEinsum],
  ...Object.entries(bilinearFixtures),
  ...Object.entries(interpolationFixtures),
];

const cases = (fixture: Fixture) =>
  fc.record({
    seed: fc.nat(),
    weights: fc.constantFrom(...flavours),
    boxes: fc.constantFrom(...flavours),
    opset: fc.constantFrom(...fixture.opsets),
  });

test('every operator has a fixture', () => {
  expect(Object.keys(fixtures).sort()).toEqual(Object.keys(operators).sort());
});

describe.each(rows)('%s', (_name, fixture) => {
  test('lowered, it computes what ONNX Runtime computes', async () => {
    const law = fc.asyncProperty(cases(fixture), async ({ seed, opset }) => {
      const draw = new Draw(seed);
      const { recipe, model, executable } = await opened(fixture, draw, 'normal', opset);
      const p = new Program();
      const lowered = lowerModel(p, model, p.input('x', 'float32', model.input.shape));
      expect(lowered.output.primitive).not.toBe('opaque');
      const session = await compile(p, { y: lowered.output }, runtime);
      const x = draw.boxes(3, recipe.shape, 'normal').lower;
      const [{ y }, expected] = [await session.run({ x }), await executable.run(x)];
      expect(y?.shape).toEqual(expected.shape);
      const [actual, wanted] = [numbersOf(y), numbersOf(expected)];
      if (fixture.bits) expect(actual).toEqual(wanted);
      else expect(furthest(actual, wanted)).toBeLessThan((recipe.terms + 8) * 8 * 2 ** -23);
    });
    await fc.assert(law, { seed: SEED, numRuns: effort(6) });
  });

  test('outputs of the deployed node stay inside its bounds', async () => {
    const law = fc.asyncProperty(cases(fixture), async ({ seed, weights, boxes, opset }) => {
      const draw = new Draw(seed);
      const node = await opened(fixture, draw, weights, opset);
      const drawn = draw.boxes(boxCount, node.recipe.shape, boxes);
      const bounds = [
        await (await openBounder(node.model, 'float32', runtime))(drawn),
        await (await openBounder(node.model, 'float64', runtime))(drawn),
      ];
      const real = await (await openBounder(node.model, 'float32', runtime, 'real'))(drawn);
      const map = fixture.affine ? await linearMap(node.recipe, opset, runtime) : undefined;
      for (let box = 0; box < boxCount; box++) {
        const points = pointsOf(drawn, box, node.recipe.shape, draw);
        const outputs = numbersOf(await node.executable.run(points));
        const own = bounds.map((each) => rowOf(each, box, boxCount));
        if (map) expect(realOutside(rowOf(real, box, boxCount), map, points).slice(0, 3)).toEqual([]);
        own.forEach((each) => {
          expect(outside(each, outputs).slice(0, 3)).toEqual([]);
          if (map) expect(sumsOutside(each, map, points, draw).slice(0, 3)).toEqual([]);
        });
      }
    });
    await fc.assert(law, { seed: SEED, numRuns: effort(6) });
  });

  test('bounds of a point are as wide as rounding, bounds without rounding exact', async () => {
    const law = fc.asyncProperty(cases(fixture), async ({ seed, opset }) => {
      const draw = new Draw(seed);
      const { recipe, model } = await opened(fixture, draw, 'normal', opset);
      const point = draw.boxes(4, recipe.shape, 'degenerate');
      for (const dtype of ['float32', 'float64'] as const) {
        const { lower, upper } = await (await openBounder(model, dtype, runtime))(point);
        Array.from(lower).forEach((low, at) => {
          const high = upper[at] as number;
          if (!Number.isFinite(high)) return;
          const magnitude = recipe.terms * 4 + Math.abs(low);
          if (recipe.terms === 0) expect(high).toBe(low);
          else expect(high - low).toBeLessThanOrEqual((8 * recipe.terms + 200) * 2 ** -24 * magnitude);
        });
      }
    });
    await fc.assert(law, { seed: SEED, numRuns: effort(4) });
  });
});

const boxCount = 12;
const pointCount = 8;

function pointsOf({ lower, upper }: Boxes, box: number, shape: readonly number[], draw: Draw) {
  const size = sizeOf(shape);
  const side = (values: Float32Array) => values.subarray(box * size, (box + 1) * size);
  return samplesOf(side(lower.data), side(upper.data), shape, pointCount, draw.uniform);
}

/** Outputs of all points of one box that break its bounds. */
function outside(bounds: Bounds, outputs: Float32Array | Float64Array): string[] {
  const size = bounds.lower.length;
  const row = (at: number) => outputs.subarray(at * size, (at + 1) * size);
  return Array.from({ length: pointCount }, (_, at) => violations(bounds, row(at))).flat();
}

/** The same for what other kernels might compute: dot products in other orders. */
function sumsOutside(
  { lower, upper }: Bounds,
  map: readonly DotProduct[],
  { data }: Tensor<'float32'>,
  draw: Draw,
): string[] {
  const size = data.length / pointCount;
  return map.flatMap(({ w, at, bias, divisor }, output) => {
    const own = { lower: [lower[output] as number], upper: [upper[output] as number] };
    const point = draw.int(0, pointCount - 1) * size;
    const x = at.map((place) => data[point + place] as number);
    return dotProducts(w, x, bias, draw.uniform).flatMap((sum) =>
      violations(own, [Math.fround(sum / divisor)]),
    );
  });
}

/** The same in real arithmetic, for which float64 stands: its error is 2^-29 of the float32 program's own. */
function realOutside(
  { lower, upper }: Bounds,
  map: readonly DotProduct[],
  { data }: Tensor<'float32'>,
): string[] {
  const size = data.length / pointCount;
  return map.flatMap(({ w, at, bias, divisor }, output) => {
    const own = { lower: [lower[output] as number], upper: [upper[output] as number] };
    const sums = Array.from({ length: pointCount }, (_, point) =>
      w.reduce(
        (sum, weight, term) => sum + weight * (data[point * size + (at[term] as number)] as number),
        bias,
      ),
    );
    return sums.flatMap((sum) => violations(own, [sum / divisor]));
  });
}

/** Greatest difference, relative to the greatest element; infinite for different lengths. */
function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1, ...Array.from(b, Math.abs));
  return Math.max(0, ...Array.from(a, (value, at) => Math.abs(value - (b[at] as number)) / scale));
}
