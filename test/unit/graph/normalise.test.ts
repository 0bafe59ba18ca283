// Idioms of exporters become one node that computes the same; what only resembles them stays.
import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { nodeValues } from '../../../src/backends/node-values.js';
import { float32, int64, rows, type Tensor, toNumbers } from '../../../src/base/tensor.js';
import type { Model } from '../../../src/graph/graph.js';
import { normalise } from '../../../src/graph/passes/index.js';
import type { TypedModel } from '../../../src/graph/typed-model.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { encodeModel } from '../../../src/program/emit.js';
import { Program } from '../../../src/program/program.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';
import { inline, result } from '../../helpers/programs.js';

const x = float32(
  Float32Array.from({ length: 24 }, (_, at) => Math.sin(at * at) * 4),
  [2, 3, 4],
);

type Constants = Readonly<Record<string, Tensor>>;
type Case = {
  readonly title: string;
  readonly nodes: readonly NodeShorthand[];
  readonly constants?: Constants;
  readonly opset?: number;
};

const numbers: Constants = {
  one: scalar(1),
  two: scalar(2),
  three: scalar(3),
  half: scalar(0.5),
  root: scalar(Math.SQRT2),
  'root of half': float32([Math.SQRT1_2]),
  cubic: scalar(0.044715),
  rate: scalar(Math.sqrt(2 / Math.PI)),
  epsilon: scalar(1e-3),
  g: float32([1, 2, 3, -4]),
  b: float32([0.5, 0, -0.5, 1]),
  last: int64([-1]),
};

const model = ({ nodes, constants = {}, opset = 17 }: Case): Model =>
  modelOf(['N', 3, 4], nodes, { ...numbers, ...constants }, opset);
const normal = async (each: Case): Promise<TypedModel> =>
  normalise(await discoverTypes(model(each), 'model.onnx', inline));
const typeOfOutput = ({ graph }: TypedModel) =>
  graph.nodes.find(({ outputs }) => outputs.includes('y'))?.type;

async function lowered(typed: TypedModel): Promise<number[]> {
  const p = new Program();
  const { output } = lowerModel(p, typed, p.input('x', 'float32', typed.input.shape));
  return toNumbers(result(await (await compile(p, { y: output }, inline)).run({ x }), 'y'));
}

/** Everything but the product at the end. */
const erfGate: readonly NodeShorthand[] = [
  ['Div', ['x', 'root'], 'a'],
  ['Erf', ['a'], 'e'],
  ['Add', ['e', 'one'], 's'],
];
const tanhGate: readonly NodeShorthand[] = [
  ['Pow', ['x', 'three'], 'p'],
  ['Mul', ['cubic', 'p'], 'q'],
  ['Add', ['x', 'q'], 'i'],
  ['Mul', ['i', 'rate'], 'a'],
  ['Tanh', ['a'], 'e'],
  ['Add', ['one', 'e'], 's'],
];
const halved: readonly NodeShorthand[] = [
  ['Mul', ['x', 's'], 'm'],
  ['Mul', ['m', 'half'], 'y'],
];

const gelus: readonly Case[] = [
  { title: 'as PyTorch writes it', nodes: [...erfGate, ...halved] },
  {
    title: 'half of x first, and a product instead of the quotient',
    nodes: [
      ['Mul', ['x', 'root of half'], 'a'],
      ['Erf', ['a'], 'e'],
      ['Add', ['one', 'e'], 's'],
      ['Mul', ['half', 'x'], 'h'],
      ['Mul', ['h', 's'], 'y'],
    ],
  },
  {
    title: 'half of the gate first, of a product',
    nodes: [
      ['Mul', ['x', 'two'], 'z'],
      ['Div', ['z', 'root'], 'a'],
      ['Erf', ['a'], 'e'],
      ['Add', ['e', 'one'], 's'],
      ['Mul', ['s', 'half'], 'h'],
      ['Mul', ['z', 'h'], 'y'],
    ],
  },
  { title: 'by Tanh and a power', nodes: [...tanhGate, ...halved] },
  {
    title: 'by Tanh and products, in constants of Constant nodes',
    nodes: [
      ['Constant', [], 'k', { value: { kind: 'tensor', value: scalar(0.044715) } }],
      ['Mul', ['x', 'x'], 'xx'],
      ['Mul', ['xx', 'x'], 'xxx'],
      ['Mul', ['k', 'xxx'], 'q'],
      ['Add', ['q', 'x'], 'i'],
      ['Mul', ['rate', 'i'], 'a'],
      ['Tanh', ['a'], 'e'],
      ['Add', ['e', 'one'], 's'],
      ...halved,
    ],
  },
];

const notGelus: readonly Case[] = [
  { title: 'another factor', nodes: [...erfGate, ['Mul', ['x', 's'], 'm'], ['Mul', ['m', 'two'], 'y']] },
  { title: 'another slope', nodes: [...erfGate, ...halved], constants: { root: scalar(1.4) } },
  {
    title: 'a gate of another value',
    nodes: [['Neg', ['x'], 'n'], ...erfGate, ['Mul', ['n', 's'], 'm'], ['Mul', ['m', 'half'], 'y']],
  },
  {
    title: 'the square of x',
    nodes: [...erfGate, ['Mul', ['x', 'x'], 'xx'], ['Mul', ['xx', 's'], 'm'], ['Mul', ['m', 'half'], 'y']],
  },
  { title: 'another power', nodes: [...tanhGate, ...halved], constants: { three: scalar(2) } },
  { title: 'another cubic', nodes: [...tanhGate, ...halved], constants: { cubic: scalar(0.05) } },
  {
    title: 'broadcasting',
    nodes: [...erfGate, ...halved],
    constants: { half: float32([0.5], [1, 1, 1, 1]) },
  },
];

const mean: NodeShorthand = ['ReduceMean', ['x'], 'm', { axes: [-1] }];
const normalisation: readonly NodeShorthand[] = [
  mean,
  ['Sub', ['x', 'm'], 'd'],
  ['Pow', ['d', 'two'], 'p'],
  ['ReduceMean', ['p'], 'v', { axes: [-1] }],
  ['Add', ['v', 'epsilon'], 've'],
  ['Sqrt', ['ve'], 'r'],
];
const scaleAndShift: readonly NodeShorthand[] = [
  ...normalisation,
  ['Div', ['d', 'r'], 'n'],
  ['Mul', ['n', 'g'], 's'],
  ['Add', ['s', 'b'], 'y'],
];

const layerNormalizations: readonly Case[] = [
  { title: 'with scale and shift', nodes: scaleAndShift },
  { title: 'of an old operator set', nodes: scaleAndShift, opset: 9 },
  { title: 'with nothing behind it', nodes: [...normalisation, ['Div', ['d', 'r'], 'y']] },
  { title: 'with scale only', nodes: [...normalisation, ['Div', ['d', 'r'], 'n'], ['Mul', ['g', 'n'], 'y']] },
  { title: 'with shift only', nodes: [...normalisation, ['Div', ['d', 'r'], 'n'], ['Add', ['b', 'n'], 'y']] },
  {
    title: 'over two axes, with a product as square and axes as input',
    opset: 18,
    nodes: [
      ['ReduceMean', ['x', 'both'], 'm'],
      ['Sub', ['x', 'm'], 'd'],
      ['Sub', ['x', 'm'], 'd2'],
      ['Mul', ['d2', 'd2'], 'p'],
      ['ReduceMean', ['p', 'both'], 'v'],
      ['Add', ['epsilon', 'v'], 've'],
      ['Sqrt', ['ve'], 'r'],
      ['Div', ['d', 'r'], 'n'],
      ['Mul', ['n', 'g34'], 'y'],
    ],
    constants: {
      both: int64([2, 1]),
      g34: float32(
        Float32Array.from({ length: 12 }, (_, at) => at - 4),
        [3, 4],
      ),
    },
  },
];

const change = (nodes: readonly NodeShorthand[], at: number, node: NodeShorthand): NodeShorthand[] =>
  nodes.map((each, index) => (index === at ? node : each));
const plain: readonly NodeShorthand[] = [...normalisation, ['Div', ['d', 'r'], 'y']];

const notLayerNormalizations: readonly Case[] = [
  {
    title: 'a mean over an inner axis',
    nodes: change(change(plain, 0, ['ReduceMean', ['x'], 'm', { axes: [1] }]), 3, [
      'ReduceMean',
      ['p'],
      'v',
      { axes: [1] },
    ]),
  },
  { title: 'different axes', nodes: change(plain, 3, ['ReduceMean', ['p'], 'v', { axes: [1, 2] }]) },
  {
    title: 'another power',
    nodes: change(plain, 2, ['Pow', ['d', 'four'], 'p']),
    constants: { four: scalar(4) },
  },
  { title: 'the square of x itself', nodes: change(plain, 2, ['Pow', ['x', 'two'], 'p']) },
  { title: 'no epsilon', nodes: change(plain, 4, ['Add', ['v', 'v'], 've']) },
];

async function kept(each: Case): Promise<void> {
  const typed = await normal(each);
  const before = await discoverTypes(model(each), 'model.onnx', inline);
  expect(typed.graph.nodes.flatMap(({ outputs }) => outputs)).toEqual(
    before.graph.nodes.flatMap(({ outputs }) => outputs),
  );
  const expected = await lowered(before);
  expect(expected.length).toBe(24);
  (await lowered(typed)).forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at] ?? NaN, 4);
  });
}

describe.each([
  ['Gelu', gelus, notGelus],
  ['LayerNormalization', layerNormalizations, notLayerNormalizations],
])('%s', (type, idioms, others) => {
  test.each(idioms)('$title: one node, the same values', async (each) => {
    expect(typeOfOutput(await normal(each))).toBe(type);
    await kept(each);
  });

  test.each(others)('not from $title', async (each) => {
    const { graph } = await normal(each);
    expect(graph.nodes.map((node) => node.type)).not.toContain(type);
  });
});

test('the parameters of a LayerNormalization must have the shape of its axes', async () => {
  const [wide, column] = [float32(new Float32Array(12).fill(2), [3, 4]), float32([1, 2, 3], [3, 1])];
  for (const constants of [{ g: wide }, { g: column }, { g: scalar(3) }]) {
    const each = { title: '', nodes: scaleAndShift, constants };
    expect(typeOfOutput(await normal(each))).toBe('Add');
    await kept(each);
  }
});

test('the file can be run node by node as before', async () => {
  const each = { title: '', nodes: [...erfGate, ...halved] };
  const typed = await normal(each);
  expect(encodeModel({ ...typed, graph: typed.written ?? typed.graph })).toEqual(encodeModel(model(each)));
  const values = await nodeValues(typed, inline, rows(x, 0, 1));
  expect(values.map(([name]) => name).at(-1)).toMatch(/node "Mul_4"/);
});
