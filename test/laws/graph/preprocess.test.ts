// Preprocessing in the graph is the documented formula, to the bit, and its bounds hold for what is deployed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import { preprocessed } from '../../../src/graph/preprocess.js';
import { type Layout, layouts, type Preprocessing } from '../../../src/graph/preprocessing.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { encodeModel } from '../../../src/program/emit.js';
import { floatsOf, openBounder, samplesOf, violations } from '../../helpers/bounding.js';
import { holds } from '../../helpers/laws.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';

/** Three channels of two by two. */
const stated = (layout: Layout | undefined) => (layout?.startsWith('nhwc') ? [2, 2, 3] : [3, 2, 2]);
const taken = (layout: Layout | undefined) =>
  layout === 'nhwc' || layout === 'nchw-to-nhwc' ? [2, 2, 3] : [3, 2, 2];

const numbers = (arbitrary: fc.Arbitrary<number>) =>
  fc.option(fc.oneof(arbitrary, fc.array(arbitrary, { minLength: 3, maxLength: 3 })), { nil: undefined });
const positive = fc.double({ min: 1e-3, max: 300, noNaN: true });
const preprocessing: fc.Arbitrary<Preprocessing> = fc.record({
  scale: fc.option(positive, { nil: undefined }),
  mean: numbers(fc.double({ min: -200, max: 200, noNaN: true })),
  std: numbers(positive),
  layout: fc.option(fc.constantFrom(...layouts), { nil: undefined }),
});

/** The formula of docs/policy.md, element by element, rounded to float32 after each operation. */
function byHand(x: Float32Array, { scale = 1, mean = 0, std = 1, layout }: Preprocessing): Float32Array {
  const [wasLast, isLast] = [stated(layout)[2] === 3, taken(layout)[2] === 3];
  const at = (pixel: number, channel: number, last: boolean) =>
    last ? 3 * pixel + channel : 4 * channel + pixel;
  const of = (value: number | readonly number[], channel: number) =>
    Math.fround(typeof value === 'number' ? value : (value[channel] as number));
  const result = new Float32Array(12);
  for (let pixel = 0; pixel < 4; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const scaled = Math.fround((x[at(pixel, channel, wasLast)] as number) * Math.fround(scale));
      const centred = Math.fround(scaled - of(mean, channel));
      result[at(pixel, channel, isLast)] = Math.fround(centred / of(std, channel));
    }
  }
  return result;
}

async function withSteps(
  shape: readonly number[],
  nodes: readonly NodeShorthand[],
  how: Preprocessing,
  constants: Record<string, Tensor> = {},
): Promise<TypedModel> {
  const file = modelOf(['batch', ...shape], nodes, constants, 13);
  return preprocessed(await discoverTypes(file, 'test.onnx', inline), how, 'p.yaml:1:1');
}

const run = async (model: TypedModel, x: Tensor<'float32'>) =>
  floatsOf(await (await openExecutable(model, encodeModel(model), inline)).run(x));

const pixels = fc
  .array(fc.float({ min: -300, max: 300, noNaN: true }), { minLength: 12, maxLength: 12 })
  .map((values) => Float32Array.from(values));

test('the graph computes the formula, to the bit', async () => {
  await holds(
    fc.tuple(preprocessing, pixels),
    async ([how, x]) => {
      const model = await withSteps(taken(how.layout), [['Identity', ['x'], 'y']], how);
      expect(model.input.shape).toEqual(['batch', ...stated(how.layout)]);
      const shape = [2, ...stated(how.layout)];
      const y = await run(model, float32(Float32Array.of(...x, ...x.toReversed()), shape));
      expect(y).toEqual(Float32Array.of(...byHand(x, how), ...byHand(x.toReversed(), how)));
    },
    100,
  );
});

test('it says of its values what discovery finds', async () => {
  await holds(preprocessing, async (how) => {
    const model = await withSteps(taken(how.layout), [['Relu', ['x'], 'y']], how);
    const found = await discoverTypes(model, 'test.onnx', inline);
    expect(model.input).toEqual(found.input);
    expect(Object.fromEntries(model.types)).toEqual(Object.fromEntries(found.types));
  });
});

/** Heads that ONNX Runtime may fuse the steps with. */
const heads: Record<string, (shape: readonly number[]) => [NodeShorthand[], Record<string, Tensor>]> = {
  MatMul: (shape) => [[['MatMul', ['x', 'w'], 'y']], { w: wave([shape[2] as number, 4]) }],
  Gemm: () => [
    [
      ['Flatten', ['x'], 'f'],
      ['Gemm', ['f', 'w', 'b'], 'y'],
    ],
    { w: wave([12, 4]), b: wave([4]) },
  ],
  Conv: (shape) => [[['Conv', ['x', 'w'], 'y']], { w: wave([2, shape[0] as number, 2, 2]) }],
};

const wave = (shape: readonly number[]) =>
  float32(
    Float32Array.from({ length: sizeOf(shape) }, (_, at) => Math.sin(3 * at + 1)),
    shape,
  );

test.each(Object.entries(heads))('bounds hold for the deployed model: %s', async (_, head) => {
  const radius = fc.double({ min: 0, max: 20, noNaN: true });
  await holds(fc.tuple(preprocessing, pixels, radius, fc.nat()), async ([how, x, epsilon, seed]) => {
    const model = await withSteps(taken(how.layout), ...withHow(head(taken(how.layout)), how));
    const shape = stated(how.layout);
    const [lower, upper] = [x.map((value) => value - epsilon), x.map((value) => value + epsilon)];
    const box = { lower: float32(lower, [1, ...shape]), upper: float32(upper, [1, ...shape]) };
    const bounds = await (await openBounder(model, 'float32', inline))(box);
    let state = seed;
    const uniform = () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const outputs = await run(model, samplesOf(lower, upper, shape, 16, uniform));
    const size = bounds.lower.length;
    for (let row = 0; row < 16; row++)
      expect(violations(bounds, outputs.subarray(row * size, (row + 1) * size))).toEqual([]);
  });
});

const withHow = (
  [nodes, constants]: [NodeShorthand[], Record<string, Tensor>],
  how: Preprocessing,
): [NodeShorthand[], Preprocessing, Record<string, Tensor>] => [nodes, how, constants];
