import { expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { openExecutable } from '../../../src/backends/onnxruntime.js';
import { float32, type Tensor } from '../../../src/base/tensor.js';
import type { Graph, Model } from '../../../src/graph/graph.js';
import { preprocessed } from '../../../src/graph/preprocess.js';
import type { Preprocessing } from '../../../src/graph/preprocessing.js';
import { encodeModel } from '../../../src/program/emit.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';
import { inline } from '../../helpers/programs.js';
import { failureOf } from '../policy/helpers.js';

const WHERE = 'p.yaml:4:9';
const identity: NodeShorthand[] = [['Identity', ['x'], 'y']];
const full: Preprocessing = { scale: 0.5, mean: 1, std: 2 };

const applied = async (file: Model, how: Preprocessing) =>
  preprocessed(await discoverTypes(file, 'test.onnx', inline), how, WHERE);

async function run(file: Model, how: Preprocessing, x: Tensor<'float32'>) {
  const model = await applied(file, how);
  return (await openExecutable(model, encodeModel(model), inline)).run(x);
}

test('nothing to do leaves the model as it is', async () => {
  const model = await discoverTypes(modelOf(['batch', 3], identity), 'test.onnx', inline);
  expect(preprocessed(model, {}, WHERE)).toBe(model);
  expect(preprocessed(model, { layout: 'nhwc' }, WHERE)).toBe(model);
});

test('features without further axes are channels', async () => {
  const y = await run(modelOf(['batch', 2], identity), { mean: [1, 10] }, float32([1, 1, 2, 2], [2, 2]));
  expect(y).toEqual(float32([0, -9, 1, -8], [2, 2]));
});

test('a model that fixes its batch at 1 keeps it', async () => {
  const model = await applied(modelOf([1, 2, 2, 3], identity), { ...full, layout: 'nchw-to-nhwc' });
  expect(model.graph.inputs).toEqual([{ name: 'x_given', dtype: 'float32', shape: [1, 3, 2, 2] }]);
});

test('opset 7 is the oldest whose arithmetic broadcasts', async () => {
  const y = await run(modelOf(['batch', 2], identity, {}, 7), full, float32([2, 4], [1, 2]));
  expect(y).toEqual(float32([0, 0.5], [1, 2]));
  const failure = await failureOf(() => applied(modelOf(['batch', 2], identity, {}, 6), full));
  expect(failure).toMatchObject({ code: 'UNSUPPORTED_MODEL', where: WHERE });
  expect(failure.problem).toContain('opset 6');
});

test('names that the model has already are left to it', async () => {
  const nodes: NodeShorthand[] = [
    ['Add', ['x', 'preprocess_scale'], 'x_given'],
    ['Add', ['x_given', 'preprocess_mean'], 'x_mean'],
    ['Identity', ['x_mean'], 'y'],
  ];
  const constants = { preprocess_scale: float32([100]), preprocess_mean: float32([1000]) };
  const y = await run(modelOf(['batch', 1], nodes, constants), full, float32([8], [1, 1]));
  expect(y).toEqual(float32([1101.5], [1, 1]));
});

/** A branch that reads the input from outside and has names of its own. */
function withBranch(): Model {
  const branch = (suffix: string): Graph => ({
    name: suffix,
    inputs: [],
    outputs: [{ name: `out_${suffix}`, dtype: undefined, shape: undefined }],
    constants: new Map(),
    nodes: [
      { name: 'a', type: 'Neg', domain: '', inputs: ['x'], outputs: ['x_given'], attributes: new Map() },
      {
        name: 'b',
        type: 'Identity',
        domain: '',
        inputs: ['x_given'],
        outputs: [`out_${suffix}`],
        attributes: new Map(),
      },
    ],
  });
  const file = modelOf(['batch', 2], [['If', ['yes'], 'y']], {
    yes: { dtype: 'bool', shape: [], data: Uint8Array.of(1) },
  });
  const [node] = file.graph.nodes;
  if (node === undefined) throw new Error('the model has one node');
  const attributes = new Map([
    ['then_branch', { kind: 'graph', value: branch('then') } as const],
    ['else_branch', { kind: 'graph', value: branch('else') } as const],
  ]);
  return { ...file, graph: { ...file.graph, nodes: [{ ...node, attributes }] } };
}

test('graphs inside the model still read what they read', async () => {
  expect(await run(withBranch(), full, float32([2, 4], [1, 2]))).toEqual(float32([-0, -0.5], [1, 2]));
});

test.each([
  ['float64', [0, 0.25]],
  ['uint8', [0, 0]],
] as const)('numbers are cast to what the model takes: %s', async (dtype, expected) => {
  const file = modelOf(['batch', 2], [['Cast', ['x'], 'y', { to: 1 }]]);
  const [input] = file.graph.inputs;
  const typed = { ...file, graph: { ...file.graph, inputs: [{ name: 'x', shape: input?.shape, dtype }] } };
  const model = await applied(typed, { scale: 0.125 });
  expect(model.input).toEqual({ name: 'x_given', dtype: 'float32', shape: ['batch', 2] });
  expect(await run(typed, { scale: 0.125 }, float32([0, 2], [1, 2]))).toEqual(float32(expected, [1, 2]));
});

const mistakes: Record<string, [how: Preprocessing, problem: string]> = {
  'too many means': [
    { mean: [1, 2, 3] },
    'mean has 3 numbers, but input "x" [batch, 2, 4, 5] has 2 channels',
  ],
  'one number in a list': [{ std: [1] }, 'std has 1 numbers, but input "x" [batch, 2, 4, 5] has 2 channels'],
  'channels elsewhere': [{ mean: [1, 2], layout: 'nhwc' }, 'has 5 channels (axis 3)'],
  'channels elsewhere before they move': [
    { mean: [1, 2, 3], layout: 'nhwc-to-nchw' },
    'input "x" [batch, 4, 5, 2] has 2 channels (axis 3)',
  ],
};

test.each(Object.entries(mistakes))('%s', async (_, [how, problem]) => {
  const failure = await failureOf(() => applied(modelOf(['batch', 2, 4, 5], identity), how));
  expect(failure).toMatchObject({ code: 'INVALID_POLICY', where: WHERE });
  expect(failure.problem).toContain(problem);
});

test('a vector has no channels to move', async () => {
  const how = { layout: 'nhwc-to-nchw' } as const;
  const failure = await failureOf(() => applied(modelOf(['batch', 2], identity), how));
  expect(failure.problem).toContain('no channels to move');
});
