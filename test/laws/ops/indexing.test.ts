// Indices that are computed: bounds hold whichever places they name, and are exact where indices are known.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { float32, int64, type Tensor } from '../../../src/base/tensor.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { encodeModel } from '../../../src/program/emit.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { Program } from '../../../src/program/program.js';
import { floatsOf, openBounder, violations } from '../../helpers/bounding.js';
import { Draw } from '../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const SEED = 20_261_124;
const runtime = createInlineRuntime();

/** The input x [1, n] holds indices below `size`, or above `-size`; the last node makes y out of `i`, x as integers. */
type Form = {
  readonly inputs: number;
  readonly size: number;
  readonly nodes: readonly NodeShorthand[];
  readonly constants: Readonly<Record<string, Tensor>>;
  /** Lowered by the array language itself. */
  readonly lowered: boolean;
  /** Updates may meet, and ONNX Runtime writes them in any order. */
  readonly mayMeet?: boolean;
};

const cast: NodeShorthand = ['Cast', ['x'], 'i', { to: 7 }];
const shaped = (to: readonly number[]): readonly [NodeShorthand, Record<string, Tensor>] => [
  ['Reshape', ['i', 'to'], 'at'],
  { to: int64(to) },
];

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

const forms: Readonly<Record<string, (draw: Draw) => Form>> = {
  Gather: (draw) => {
    const table = draw.ints(3, 1, 4);
    const axis = draw.int(0, 2);
    const indices = draw.ints(draw.int(1, 2), 1, 3);
    const [reshape, constants] = shaped(indices);
    return {
      inputs: product(indices),
      size: table[axis] ?? 1,
      nodes: [cast, reshape, ['Gather', ['table', 'at'], 'y', { axis }]],
      constants: { ...constants, table: draw.tensor(table) },
      lowered: true,
    };
  },
  GatherElements: (draw) => {
    const table = draw.ints(3, 1, 4);
    const axis = draw.int(0, 2);
    const indices = table.map((dim, at) => (at === axis ? draw.int(1, 3) : draw.int(1, dim)));
    const [reshape, constants] = shaped(indices);
    return {
      inputs: product(indices),
      size: table[axis] ?? 1,
      nodes: [cast, reshape, ['GatherElements', ['table', 'at'], 'y', { axis }]],
      constants: { ...constants, table: draw.tensor(table) },
      lowered: true,
    };
  },
  GatherND: (draw) => {
    const [depth, size] = [draw.int(1, 3), draw.int(1, 4)];
    const table = [...draw.ints(depth, size, size), ...draw.ints(draw.int(0, 2), 1, 3)];
    const indices = [...draw.ints(draw.int(0, 2), 1, 3), depth];
    const [reshape, constants] = shaped(indices);
    return {
      inputs: product(indices),
      size,
      nodes: [cast, reshape, ['GatherND', ['table', 'at'], 'y']],
      constants: { ...constants, table: draw.tensor(table) },
      lowered: true,
    };
  },
  ScatterElements: (draw) => {
    const data = draw.ints(3, 1, 4);
    const axis = draw.int(0, 2);
    // One update per line, so that none meets another.
    const indices = data.with(axis, 1);
    const [reshape, constants] = shaped(indices);
    return {
      inputs: product(indices),
      size: data[axis] ?? 1,
      nodes: [cast, reshape, ['ScatterElements', ['data', 'at', 'updates'], 'y', { axis }]],
      constants: { ...constants, data: draw.tensor(data), updates: draw.tensor(indices) },
      lowered: true,
    };
  },
  ScatterND: (draw) => {
    const [depth, size] = [draw.int(1, 2), draw.int(1, 4)];
    const data = [...draw.ints(depth, size, size), ...draw.ints(draw.int(0, 2), 1, 3)];
    const count = draw.int(1, 2);
    const [reshape, constants] = shaped([count, depth]);
    return {
      inputs: count * depth,
      size,
      nodes: [cast, reshape, ['ScatterND', ['data', 'at', 'updates'], 'y']],
      constants: {
        ...constants,
        data: draw.tensor(data),
        updates: draw.tensor([count, ...data.slice(depth)]),
      },
      lowered: false,
      mayMeet: count > 1,
    };
  },
  OneHot: (draw) => {
    const depth = draw.int(1, 4);
    const indices = draw.ints(draw.int(1, 2), 1, 3);
    const [reshape, constants] = shaped(indices);
    return {
      inputs: product(indices),
      size: depth,
      nodes: [
        cast,
        reshape,
        ['OneHot', ['at', 'depth', 'values'], 'y', { axis: draw.int(-indices.length - 1, indices.length) }],
      ],
      constants: { ...constants, depth: int64([depth]), values: draw.tensor([2]) },
      lowered: true,
    };
  },
};

async function opened({ inputs, nodes, constants }: Form) {
  const file = modelOf([1, inputs], nodes, constants, 13);
  const model = await discoverTypes(file, 'indices.onnx', runtime);
  return { model, executable: await openExecutable(model, encodeModel(file), runtime) };
}

/** Integers from a range, from either end of the axis, or from both at once. */
function boxOf(draw: Draw, { inputs, size }: Form, known: boolean) {
  const lower = draw.ints(inputs, -size, size - 1);
  const upper = lower.map((low) => (known || draw.flag() ? low : draw.int(low, size - 1)));
  return { lower, upper };
}

describe.each(Object.entries(forms))('%s', (_name, form) => {
  test('at computed places, it is what ONNX Runtime computes, inside its bounds', async () => {
    const law = fc.asyncProperty(
      fc.record({ seed: fc.nat(), known: fc.boolean() }),
      async ({ seed, known }) => {
        const draw = new Draw(seed);
        const drawn = form(draw);
        const { model, executable } = await opened(drawn);
        const p = new Program();
        const { output } = lowerModel(p, model, p.input('x', 'float32', model.input.shape));
        expect(output.primitive === 'opaque').toBe(!drawn.lowered);
        const lowered = await compile(p, { y: output }, runtime);
        const box = boxOf(draw, drawn, known);
        const tensor = (values: readonly number[]) => float32(values, [1, drawn.inputs]);
        const boxes = { lower: tensor(box.lower), upper: tensor(box.upper) };
        const bounds = await Promise.all(
          (['float32', 'float64'] as const).map(async (dtype) =>
            (await openBounder(model, dtype, runtime))(boxes),
          ),
        );
        for (let sample = 0; sample < 6; sample++) {
          const x = tensor(box.lower.map((low, at) => draw.int(low, box.upper[at] ?? low)));
          const y = floatsOf(await executable.run(x));
          expect(floatsOf((await lowered.run({ x })).y)).toEqual(y);
          for (const each of bounds) {
            expect(violations(each, y)).toEqual([]);
            expect(Array.from(each.upper).every(Number.isFinite)).toBe(true);
            if (known && !drawn.mayMeet)
              expect(Float32Array.from(each.upper)).toEqual(Float32Array.from(each.lower));
          }
        }
      },
    );
    await fc.assert(law, { seed: SEED, numRuns: 25 });
  });
});
