// Laws of linear relations, for every operator that is bounded: they hold for what ONNX Runtime computes. Zero tolerance but for what
// this test's own float64 sums round.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { type FloatDType, smallestNormal } from '../../../src/base/dtype.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { Unbounded } from '../../../src/ops/operator.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { numbersOf, samplesOf } from '../../helpers/bounding.js';
import { Draw, type Flavour, flavours } from '../../helpers/draw.js';
import { effort } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { type Given, openRelation, type Related, type Relation } from '../../helpers/relaxing.js';
import { type Fixture, fixtures, squareEinsum, squareMatmul } from './fixtures.js';
import { bilinearFixtures } from './fixtures-bilinear.js';
import { interpolationFixtures } from './fixtures-resize.js';

const SEED = 20_261_123;
const runtime = createInlineRuntime();
const rows = 3;
const boxCount = 5;
const pointCount = 6;

const operators: readonly (readonly [string, Fixture])[] = [
  ...Object.entries(fixtures),
  ['MatMul of x and x', squareMatmul],
  ['Einsum of x and x', squareEinsum],
  ...Object.entries(bilinearFixtures),
  ...Object.entries(interpolationFixtures),
];

type Kind = {
  readonly weights: Flavour;
  readonly opset: number;
  readonly dtype: FloatDType;
  /** Whether the choices of the relaxation are moved at random. */
  readonly moved: boolean;
  readonly steepFrom: number | undefined;
};

async function opened(fixture: Fixture, draw: Draw, { weights, opset, dtype, moved, steepFrom }: Kind) {
  const recipe = fixture.draw(draw, weights, opset);
  const nodes = [...(recipe.before ?? []), recipe.node];
  const file = modelOf(['batch', ...recipe.shape], nodes, recipe.constants, opset);
  const model = await discoverTypes(file, 'one-node.onnx', runtime);
  const executable = await openExecutable(model, encodeModel(file), runtime);
  const moves = moved ? (shape: readonly number[]) => draw.tensor(shape) : undefined;
  return { recipe, executable, related: await relationOf(model, dtype, { moves, steepFrom }) };
}

/** Undefined where the recipe is not bounded, which is the operator's affair. */
async function relationOf(model: Parameters<typeof openRelation>[0], dtype: FloatDType, given: Given) {
  try {
    return await openRelation(model, dtype, rows, runtime, given);
  } catch (error) {
    if (error instanceof Unbounded) return undefined;
    throw error;
  }
}

describe.each(operators)('%s', (_name, fixture) => {
  test.each([false, true])('its relation holds for the deployed node, choices moved: %s', async (moved) => {
    const kinds = fc.record({
      seed: fc.nat(),
      weights: fc.constantFrom(...flavours),
      boxes: fc.constantFrom(...flavours),
      opset: fc.constantFrom(...fixture.opsets),
      dtype: fc.constantFrom<FloatDType>('float32', 'float64'),
      steepFrom: fc.constantFrom(undefined, 0, 1.4, 1e3),
    });
    const law = fc.asyncProperty(kinds, async ({ seed, boxes, ...kind }) => {
      const draw = new Draw(seed);
      const { recipe, executable, related } = await opened(fixture, draw, { ...kind, moved });
      if (related === undefined || (moved && !related.hasChoices)) return;
      for (let count = 0; count < boxCount; count++) {
        const box = draw.boxes(1, recipe.shape, boxes);
        const a = draw.tensor([rows * related.size]).data;
        const relation = await related.relate(box, a);
        const points = samplesOf(box.lower.data, box.upper.data, recipe.shape, pointCount, draw.uniform);
        const outputs = numbersOf(await executable.run(points));
        for (let at = 0; at < pointCount; at++) {
          const y = outputs.subarray(at * related.size, (at + 1) * related.size);
          const z = await related.inputsAt(instanceAt(points, at));
          expect(broken(related, relation, { a, y, z }, kind.dtype)).toEqual([]);
        }
      }
    });
    await fc.assert(law, { seed: SEED, numRuns: effort(moved ? 2 : 4) });
  });
});

function instanceAt({ data, shape: [, ...shape] }: Tensor<'float32'>, at: number) {
  const size = sizeOf(shape);
  return float32(data.subarray(at * size, (at + 1) * size), [1, ...shape]);
}

type Numbers = ArrayLike<number>;
type Deployed = { readonly a: Numbers; readonly y: Numbers; readonly z: readonly Numbers[] };

/** Rows for which a y is below what the relation says. */
function broken({ operations, size }: Related, relation: Relation, { a, y, z }: Deployed, dtype: FloatDType) {
  return Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: size }, (_, at) => a[row * size + at] as number);
    const rest = own.map((_, at) => relation.rest[row * size + at] as number);
    const width = relation.constants.length / rows;
    const terms = [
      ...Array.from({ length: width }, (_, at) => relation.constants[row * width + at] as number),
      ...rest.map((coefficient, at) => coefficient * (relation.offset[at] as number)),
      ...rest.map((coefficient, at) => -Math.abs(coefficient) * (relation.gap[at] as number)),
      ...relation.coefficients.flatMap((coefficients, part) =>
        Array.from(z[part] ?? [], (value, at) => {
          const coefficient = coefficients[row * (z[part]?.length ?? 0) + at] as number;
          return coefficient * value;
        }),
      ),
    ];
    const values = own.map((coefficient, at) => coefficient * (y[at] as number));
    // Coefficients may underflow, each time by the smallest normal number.
    const lost = z.flatMap((part) => Array.from(part, Math.abs)).reduce((total, value) => total + value, 1);
    const slack =
      sum([...terms, ...values].map(Math.abs)) * (terms.length + values.length) * 2 ** -53 +
      lost * (operations + 2) * 2 * smallestNormal[dtype];
    const [bound, actual] = [sum(terms), sum(values)];
    // Not finite: nothing is known.
    return !Number.isFinite(bound) || actual >= bound - slack ? '' : `${actual} < ${bound} (row ${row})`;
  }).filter((text) => text !== '');
}

const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0);
