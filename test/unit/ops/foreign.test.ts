// Nodes without a rule are passed on: whatever their operator set, with graphs inside, and with values that are no tensors
// between them. The lowered model must compute what the file computes.
import { describe, expect, test } from 'vitest';
import { float32, int64, rows, type Tensor, tensor, toNumbers } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import type { Attribute, Graph, Model } from '../../../src/graph/graph.js';
import { lowerModel } from '../../../src/ops/lower-model.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import { modelOf, type NodeShorthand, nodeOf, scalar } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { inline, result } from '../../helpers/programs.js';

const input = float32(
  Float32Array.from({ length: 12 }, (_, at) => Math.sin(at * at) * 2),
  [2, 6],
);

const others = new Map([
  ['com.microsoft', 1],
  ['ai.onnx.ml', 3],
]);

const graphOf = (
  nodes: readonly NodeShorthand[],
  outputs: readonly string[],
  inputs: Graph['inputs'] = [],
  constants: Readonly<Record<string, Tensor>> = {},
): Attribute => ({
  kind: 'graph',
  value: {
    name: 'inner',
    inputs,
    outputs: outputs.map((name) => ({ name, dtype: undefined, shape: undefined })),
    constants: new Map(Object.entries(constants)),
    nodes: nodes.map(nodeOf),
  },
});

const flag = (value: boolean): Tensor => tensor('bool', [], Uint8Array.of(Number(value)));
const count = (value: bigint): Tensor => tensor('int64', [], BigInt64Array.of(value));
const weights = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length: size }, (_, at) => Math.cos(at * at) / 2),
    shape,
  );
};

async function bothOutputs(
  model: Model,
  given: Tensor<'float32'>,
): Promise<{ file: number[]; lowered: number[] }> {
  const file = { ...model, opsets: new Map([...others, ...model.opsets]) };
  const { model: typed, run } = await opened(file);
  const x = typed.batched ? given : rows(given, 0, 1);
  const p = new Program();
  const { output } = lowerModel(p, typed, p.input('x', 'float32', typed.input.shape));
  const session = await compile(p, { output }, inline);
  return {
    file: Array.from(await run(x)),
    lowered: toNumbers(result(await session.run({ x }), 'output')),
  };
}

/** Stays foreign whatever rules are added, and depends on what x holds. */
const step: NodeShorthand = ['com.microsoft:QuickGelu', ['x'], 'z', { alpha: { float: 1 } }];

const branches = {
  // Both branches call their value alike, and read values and constants from around them.
  then_branch: graphOf([['Add', ['z', 'w'], 'r']], ['r']),
  else_branch: graphOf([['Mul', ['z', 'inner w'], 'r']], ['r'], [], { 'inner w': scalar(3) }),
};
const carried: Graph['inputs'] = [
  { name: 'i', dtype: 'int64', shape: [] },
  { name: 'go on', dtype: 'bool', shape: [] },
  { name: 'sum', dtype: 'float32', shape: undefined },
];

type Case = {
  readonly title: string;
  readonly nodes: readonly NodeShorthand[];
  readonly opset?: number;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[];
};

const cases: readonly Case[] = [
  ...[true, false].map(
    (condition): Case => ({
      title: `If, ${condition}`,
      nodes: [step, ['If', ['c'], 'y', branches]],
      constants: { c: flag(condition), w: weights([6]) },
    }),
  ),
  {
    title: 'If on a condition of the data, in another If',
    nodes: [
      step,
      ['ReduceSum', ['x'], 'total', { keepdims: 0 }],
      ['Greater', ['total', 'zero'], 'c'],
      [
        'If',
        ['c'],
        'y',
        { then_branch: graphOf([['If', ['c'], 'q', branches]], ['q']), else_branch: branches.else_branch },
      ],
    ],
    constants: { zero: scalar(-1e9), w: weights([6]) },
  },
  {
    title: 'Loop that carries a sum and reads around itself',
    nodes: [
      step,
      [
        'Loop',
        ['trips', '', 'z'],
        'y',
        {
          body: graphOf(
            [
              ['Add', ['sum', 'w'], 'next'],
              ['Identity', ['go on'], 'still'],
            ],
            ['still', 'next'],
            carried,
          ),
        },
      ],
    ],
    constants: { trips: count(3n), w: weights([6]) },
  },
  {
    title: 'Scan over columns',
    nodes: [
      ['Transpose', ['x'], 'columns', { perm: [1, 0] }],
      ['ReduceMin', ['x'], 'start', { axes: [1], keepdims: 0 }],
      [
        'Scan',
        ['start', 'columns'],
        ['y', 'all'],
        {
          num_scan_inputs: 1,
          body: graphOf(
            [
              ['Add', ['state', 'column'], 'next'],
              ['Identity', ['next'], 'out'],
            ],
            ['next', 'out'],
            ['state', 'column'].map((name) => ({ name, dtype: 'float32' as const, shape: [undefined] })),
          ),
        },
      ],
    ],
  },
  {
    title: 'old nodes inside an If',
    opset: 11,
    nodes: [
      step,
      [
        'If',
        ['c'],
        'y',
        {
          then_branch: graphOf(
            [
              ['Reshape', ['z', 'to'], 'cube'],
              ['Softmax', ['cube'], 'soft'],
              ['ReduceMean', ['soft'], 'r', { axes: [1] }],
            ],
            ['r'],
          ),
          else_branch: graphOf([['Reshape', ['z', 'to'], 'r']], ['r']),
        },
      ],
    ],
    constants: { c: flag(true), to: int64([-1, 2, 3]) },
  },
  {
    title: 'LSTM, of which the last state is read',
    nodes: [
      ['Reshape', ['x', 'to'], 'steps'],
      ['Transpose', ['steps'], 'sequence', { perm: [1, 0, 2] }],
      ['LSTM', ['sequence', 'w', 'r'], ['', 'h'], { hidden_size: 2 }],
      ['Transpose', ['h'], 't', { perm: [1, 0, 2] }],
      ['Flatten', ['t'], 'y'],
    ],
    constants: { to: int64([-1, 2, 3]), w: weights([1, 8, 3]), r: weights([1, 8, 2]) },
  },
  {
    title: 'GRU of opset 7 with a bias and without lengths',
    opset: 7,
    nodes: [
      ['Reshape', ['x', 'to'], 'steps'],
      ['Transpose', ['steps'], 'sequence', { perm: [1, 0, 2] }],
      ['GRU', ['sequence', 'w', 'r', 'b'], ['', 'h'], { hidden_size: 2 }],
      ['Transpose', ['h'], 't', { perm: [1, 0, 2] }],
      ['Flatten', ['t'], 'y'],
    ],
    constants: { to: int64([-1, 2, 3]), w: weights([1, 6, 3]), r: weights([1, 6, 2]), b: weights([1, 12]) },
  },
  {
    title: 'a sequence that is built and joined',
    nodes: [step, ['SequenceConstruct', ['x', 'z'], 's'], ['ConcatFromSequence', ['s'], 'y', { axis: 1 }]],
  },
  {
    title: 'a sequence that a tensor made from itself is put into',
    nodes: [
      step,
      ['SequenceConstruct', ['x', 'z'], 's'],
      ['SequenceAt', ['s', 'one'], 'a'],
      ['Relu', ['a'], 'b'],
      ['SequenceInsert', ['s', 'b'], 'longer'],
      ['ConcatFromSequence', ['longer'], 'y', { axis: 1 }],
    ],
    constants: { one: count(1n) },
  },
  {
    title: 'a sequence that a Loop carries',
    nodes: [
      ['SequenceEmpty', [], 'none'],
      [
        'Loop',
        ['trips', '', 'none'],
        'rows',
        {
          body: graphOf(
            [
              ['SequenceInsert', ['sum', 'x'], 'next'],
              ['Identity', ['go on'], 'still'],
            ],
            ['still', 'next'],
            carried.map((info) =>
              info.name === 'sum' ? { name: 'sum', dtype: undefined, shape: undefined } : info,
            ),
          ),
        },
      ],
      ['ConcatFromSequence', ['rows'], 'y', { axis: 1 }],
    ],
    constants: { trips: count(2n) },
  },
  {
    title: 'an optional',
    opset: 18,
    nodes: [step, ['Optional', ['z'], 'o'], ['OptionalGetElement', ['o'], 'y']],
  },
  {
    title: 'an operator of ONNX Runtime',
    nodes: [['com.microsoft:BiasGelu', ['x', 'w'], 'y']],
    constants: { w: weights([6]) },
  },
  {
    title: 'old attribute forms, between nodes that have rules',
    opset: 9,
    nodes: [
      ['Relu', ['x'], 'a'],
      ['Slice', ['a'], 'b', { starts: [1], ends: [5], axes: [1] }],
      ['ReduceLogSumExp', ['b'], 'c', { axes: [1] }],
      ['Add', ['b', 'c'], 'y'],
    ],
  },
  {
    title: 'trees of scikit-learn',
    nodes: [
      [
        'ai.onnx.ml:TreeEnsembleRegressor',
        ['x'],
        'y',
        {
          n_targets: 1,
          nodes_treeids: [0, 0, 0],
          nodes_nodeids: [0, 1, 2],
          nodes_featureids: [1, 0, 0],
          nodes_values: { kind: 'floats', value: [0.3, 0, 0] },
          nodes_modes: { kind: 'strings', value: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
          nodes_truenodeids: [1, 0, 0],
          nodes_falsenodeids: [2, 0, 0],
          target_treeids: [0, 0],
          target_nodeids: [1, 2],
          target_ids: [0, 0],
          target_weights: { kind: 'floats', value: [-1, 4] },
        },
      ],
    ],
  },
  {
    title: 'a linear classifier of scikit-learn: labels, and scores that go into a map',
    nodes: [
      [
        'ai.onnx.ml:Scaler',
        ['x'],
        'scaled',
        { offset: { kind: 'floats', value: [0.5] }, scale: { kind: 'floats', value: [2] } },
      ],
      [
        'ai.onnx.ml:LinearClassifier',
        ['scaled'],
        ['labels', 'y'],
        {
          coefficients: { kind: 'floats', value: Array.from({ length: 12 }, (_, at) => Math.sin(at)) },
          intercepts: { kind: 'floats', value: [0.1, -0.1] },
          classlabels_ints: [0, 1],
          post_transform: 'SOFTMAX',
        },
      ],
      ['ai.onnx.ml:ZipMap', ['y'], 'map', { classlabels_int64s: [0, 1] }],
    ],
    outputs: ['y', 'map', 'labels'],
  },
];

describe('the lowered model computes what the file computes', () => {
  test.each(cases)('$title', async ({ nodes, opset = 17, constants = {}, outputs = ['y'] }) => {
    const model = modelOf(['N', 6], nodes, constants, opset);
    const infos = outputs.map((name) => ({ name, dtype: undefined, shape: undefined }));
    const { file, lowered } = await bothOutputs(
      { ...model, graph: { ...model.graph, outputs: infos } },
      input,
    );
    expect(file.length).toBeGreaterThan(0);
    expect(lowered.length).toBe(file.length);
    lowered.forEach((value, at) => {
      expect(value).toBeCloseTo(file[at] ?? NaN, 5);
    });
  });
});

test('what newer operator sets cannot say is refused by the node', async () => {
  const model = modelOf(
    [1, 4, 2, 2],
    [['BatchNormalization', ['x', 'g', 'g', 'g', 'g'], 'y', { spatial: 0 }]],
    { g: float32(new Float32Array(16).fill(1), [4, 2, 2]) },
    8,
  );
  const error = await bothOutputs(model, float32(new Float32Array(16), [1, 4, 2, 2])).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    details: {
      where: 'node "BatchNormalization_0" (BatchNormalization)',
      problem: expect.stringMatching(/operator set 8 .*spatial=0/),
    },
  });
});
