// Raised choices: bounds stay below what ONNX Runtime computes, and beat those of the relaxations' own choices.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../../src/backends/discover-types.js';
import { openExecutable } from '../../../../src/backends/onnxruntime.js';
import { noDeadline } from '../../../../src/base/deadline.js';
import { float32 } from '../../../../src/base/tensor.js';
import { encodeModel } from '../../../../src/program/emit.js';
import { createInlineRuntime } from '../../../../src/program/inline-runtime.js';
import { openCrown } from '../../../../src/verify/crown/crown.js';
import { isWorthRaising, openRaised, type RaisedOptions } from '../../../../src/verify/crown/raised.js';
import { numbersOf, samplesOf } from '../../../helpers/bounding.js';
import { Draw } from '../../../helpers/draw.js';
import { modelOf, type NodeShorthand } from '../../../helpers/models.js';

const runtime = createInlineRuntime();
const options: RaisedOptions = {
  arithmetic: 'deployed',
  memoryBytes: 2 ** 26,
  deadline: noDeadline,
  rounds: [{ hiddenSteps: 5, steps: 12 }],
};

type Nodes = (weight: (...shape: number[]) => string) => NodeShorthand[];

/** Three layers of 8 with one function between them. */
const layered =
  (type: string): Nodes =>
  (weight) => [
    ['MatMul', ['x', weight(6, 8)], 'a'],
    [type, ['a'], 'b'],
    ['MatMul', ['b', weight(8, 8)], 'c'],
    [type, ['c'], 'd'],
    ['MatMul', ['d', weight(8, 3)], 'y'],
  ];

/** Softmax (q x^T) x, over tokens of 2. */
const attention: Nodes = (weight) => [
  ['Reshape', ['x', 'tokens'], 'z'],
  ['MatMul', ['z', weight(2, 2)], 'q'],
  ['Transpose', ['z'], 'k', { perm: [0, 2, 1] }],
  ['MatMul', ['q', 'k'], 's'],
  ['Softmax', ['s'], 't', { axis: 2 }],
  ['MatMul', ['t', 'z'], 'u'],
  ['Reshape', ['u', 'flat'], 'v'],
  ['MatMul', ['v', weight(6, 3)], 'y'],
];

/** The same over tokens of 8, of which sums of values are bounded together. */
const wideAttention: Nodes = (weight) => [
  ['MatMul', ['x', weight(6, 24)], 'a'],
  ['Reshape', ['a', 'wide'], 'z'],
  ['MatMul', ['z', weight(8, 2)], 'q'],
  ['MatMul', ['z', weight(8, 2)], 'l'],
  ['Transpose', ['l'], 'k', { perm: [0, 2, 1] }],
  ['MatMul', ['q', 'k'], 's'],
  ['Softmax', ['s'], 't', { axis: 2 }],
  ['MatMul', ['z', weight(8, 8)], 'values'],
  ['MatMul', ['t', 'values'], 'u'],
  ['Reshape', ['u', 'flatWide'], 'v'],
  ['MatMul', ['v', weight(24, 3)], 'y'],
];

const products: Nodes = (weight) => [
  ['MatMul', ['x', weight(6, 4)], 'a'],
  ['MatMul', ['x', weight(6, 4)], 'b'],
  ['Mul', ['a', 'b'], 'c'],
  ['Mul', ['c', 'c'], 'd'],
  ['Sin', ['b'], 'e'],
  ['Add', ['d', 'e'], 'f'],
  ['MatMul', ['f', weight(4, 3)], 'y'],
];

const networks: readonly (readonly [string, Nodes])[] = [
  ...['Sigmoid', 'Tanh', 'Relu', 'Softplus', 'Gelu'].map((type) => [type, layered(type)] as const),
  ['attention', attention],
  ['wide attention', wideAttention],
  ['products', products],
];

async function opened(nodes: Nodes, draw: Draw) {
  const constants: Record<string, ReturnType<typeof float32> | ReturnType<typeof int64Of>> = {
    tokens: int64Of(0, 3, 2),
    flat: int64Of(0, 6),
    wide: int64Of(0, 3, 8),
    flatWide: int64Of(0, 24),
  };
  const weight = (...shape: number[]) => {
    const name = `w${Object.keys(constants).length}`;
    constants[name] = draw.tensor(shape);
    return name;
  };
  const file = modelOf(['batch', 6], nodes(weight), constants, 20);
  const model = await discoverTypes(file, 'small.onnx', runtime);
  return { model, executable: await openExecutable(model, encodeModel(file), runtime) };
}

const int64Of = (...data: number[]) => ({
  dtype: 'int64' as const,
  shape: [data.length],
  data: BigInt64Array.from(data, BigInt),
});

const boxes = 2;
const rows = 4;

/** Rounds go on whatever is found. */
const never = (count: number) => new Float64Array(count).fill(Infinity);

describe.each(networks)('%s', (_name, nodes) => {
  test('raised bounds are tighter than plain ones, and hold', async () => {
    const draw = new Draw(20_261_124);
    const gains: number[] = [];
    const { model, executable } = await opened(nodes, draw);
    const [plain, raised] = [openCrown(model, runtime, options), openRaised(model, runtime, options)];
    for (let at = 0; at < boxes; at++) {
      const center = Array.from({ length: 6 }, () => 2 * draw.uniform() - 1);
      const box = {
        lower: float32(
          center.map((x) => x - 0.4),
          [1, 6],
        ),
        upper: float32(
          center.map((x) => x + 0.4),
          [1, 6],
        ),
      };
      const coefficients = draw.tensor([rows, 3]);
      const before = await plain.combinations(box, coefficients);
      const { least: after } = await raised(box, coefficients, never(rows));
      const points = samplesOf(box.lower.data, box.upper.data, [6], 64, draw.uniform);
      const outputs = numbersOf(await executable.run(points));
      for (let row = 0; row < rows; row++) {
        const own = Array.from({ length: 64 }, (_, point) =>
          [0, 1, 2].reduce(
            (sum, j) => sum + (coefficients.data[row * 3 + j] ?? 0) * (outputs[point * 3 + j] ?? 0),
            0,
          ),
        );
        expect(after[row]).toBeLessThanOrEqual(Math.min(...own));
        gains.push((after[row] ?? 0) - (before[row] ?? 0));
      }
    }
    // Tighter bounds of hidden values may make a relaxation's own first choice a little worse.
    expect(Math.min(...gains)).toBeGreaterThan(-0.02);
    expect(gains.filter((gain) => gain > 1e-3).length).toBeGreaterThan(gains.length / 2);
  });
});

test('worth it for curves and products, not for kinks alone', async () => {
  const worth = async (nodes: Nodes) => isWorthRaising((await opened(nodes, new Draw(1))).model);
  expect(await worth(attention)).toBe(true);
  expect(await worth(layered('Sigmoid'))).toBe(true);
  expect(await worth(layered('Relu'))).toBe(false);
});

test('a deadline that has passed leaves nothing known', async () => {
  const { model } = await opened(layered('Tanh'), new Draw(2));
  const deadline = { expired: () => true, interrupted: () => false };
  const box = { lower: float32(new Float32Array(6)), upper: float32(new Float32Array(6).fill(1)) };
  const { least } = await openRaised(model, runtime, { ...options, deadline })(
    box,
    float32([1, 0, 0], [1, 3]),
    never(1),
  );
  expect([...least]).toEqual([-Infinity]);
});

test('products of two inputs, of which there are no zonotopes', async () => {
  const nodes: NodeShorthand[] = [
    ['Tanh', ['u'], 'values'],
    ['MatMul', ['x', 'values'], 'product'],
    ['Reshape', ['product', 'flat'], 'y'],
  ];
  const file = modelOf([1, 3, 2], nodes, { flat: int64Of(1, 24) }, 20);
  const second = { name: 'u', dtype: 'float32' as const, shape: [1, 2, 8] };
  const both = { ...file, graph: { ...file.graph, inputs: [...file.graph.inputs, second] } };
  const model = await discoverTypes(both, 'two.onnx', runtime);
  const executable = await openExecutable(model, encodeModel(both), runtime);
  const point = new Draw(3).tensor([1, 22]);
  const box = {
    lower: point,
    upper: float32(
      point.data.map((x) => x + 0.5),
      [1, 22],
    ),
  };
  const row = float32(new Float32Array(24).fill(1), [1, 24]);
  const { least: found } = await openRaised(model, runtime, options)(box, row, never(1));
  const [least = Infinity] = found;
  const sum = Array.from(numbersOf(await executable.run(point))).reduce((total, y) => total + y, 0);
  expect(Number.isFinite(least)).toBe(true);
  expect(least).toBeLessThanOrEqual(sum);
});

test('a row that is great enough after the first round is left as it is', async () => {
  const { model } = await opened(attention, new Draw(4));
  const box = {
    lower: float32(new Float32Array(6).fill(-0.4)),
    upper: float32(new Float32Array(6).fill(0.4)),
  };
  const row = float32([1, -1, 1], [1, 3]);
  const rounds = [
    { hiddenSteps: 1, steps: 1 },
    { hiddenSteps: 10, steps: 40 },
  ];
  const raised = openRaised(model, runtime, { ...options, rounds });
  const raisedTo = async (enough: number) =>
    (await raised(box, row, Float64Array.of(enough))).least[0] ?? Number.NaN;
  const [first, greatest] = [await raisedTo(-1e6), await raisedTo(Infinity)];
  expect(first).toBeLessThan(greatest);
  expect(await raisedTo(first + (greatest - first) / 2)).toBeGreaterThan(first);
});
