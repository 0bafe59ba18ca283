import { describe, expect, test } from 'vitest';
import { discoverTypes } from '../../../src/backends/discover-types.js';
import { float32, int64, tensor } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import type { Dimension, Model } from '../../../src/graph/graph.js';
import { createInlineRuntime } from '../../../src/program/inline-runtime.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';

const runtime = createInlineRuntime();
const discover = (model: Model) => discoverTypes(model, 'model.onnx', runtime);
const w = float32(
  Float32Array.from({ length: 12 }, (_, at) => at / 12),
  [4, 3],
);

const refused = async (model: Model): Promise<string> => {
  const error = await discover(model).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new TypeError('it was not refused');
  return `${error.code}: ${error.details.problem}`;
};

describe('the batch', () => {
  test.each<{ title: string; shape: readonly Dimension[] }>([
    { title: 'symbolic', shape: ['N', 4] },
    { title: 'left open', shape: [undefined, 4] },
    { title: 'fixed at 1 but free to grow', shape: [1, 4] },
    { title: 'fixed at 3 but free to shrink', shape: [3, 4] },
  ])('$title: types have an open leading axis', async ({ shape }) => {
    const model = await discover(modelOf(shape, [['MatMul', ['x', 'w'], 'y']], { w }));
    expect(model.batched).toBe(true);
    expect(model.input).toEqual({ name: 'x', dtype: 'float32', shape: ['batch', 4] });
    expect(model.output).toEqual({ name: 'y', dtype: 'float32', shape: ['batch', 3] });
  });

  test('merged with another axis, it is a multiple', async () => {
    const model = await discover(
      modelOf(
        ['N', 2, 3],
        [
          ['Reshape', ['x', 'rows'], 'flat'],
          ['Reshape', ['flat', 'back'], 'y'],
        ],
        { rows: int64([-1, 3]), back: int64([-1, 6]) },
      ),
    );
    expect(model.types.get('flat')?.shape).toEqual(['batch*2', 3]);
    expect(model.output.shape).toEqual(['batch', 6]);
  });

  test('grown by constant rows, it cannot be batched', async () => {
    const model = await discover(
      modelOf(['N', 3], [['Concat', ['x', 'row'], 'y', { axis: 0 }]], { row: float32([1, 2, 3], [1, 3]) }),
    );
    expect(model.batched).toBe(false);
    expect(model.output.shape).toEqual([1, 2, 3]);
  });

  const mixing: readonly { title: string; nodes: readonly NodeShorthand[] }[] = [
    { title: 'a Reshape to one row', nodes: [['Reshape', ['x', 'one'], 'y']] },
    {
      title: 'the mean over the batch subtracted',
      nodes: [
        ['ReduceMean', ['x'], 'm', { axes: [0] }],
        ['Sub', ['x', 'm'], 'y'],
      ],
    },
    { title: 'a softmax over the batch', nodes: [['Softmax', ['x'], 'y', { axis: 0 }]] },
    { title: 'a mean over everything', nodes: [['ReduceMean', ['x'], 'y', { keepdims: 0 }]] },
    {
      title: 'normalisation by the batch',
      nodes: [
        ['BatchNormalization', ['x', 'g', 'g', 'g', 'g'], ['y', 'mean', 'variance'], { training_mode: 1 }],
      ],
    },
  ];
  test.each(mixing)('$title: one row at a time', async ({ nodes }) => {
    const constants = { one: int64([1, -1]), g: float32([1, 1, 1, 1]) };
    const model = await discover(modelOf(['N', 4], nodes, constants));
    expect(model.batched).toBe(false);
    expect(model.input.shape).toEqual([1, 4]);
  });

  test('a leading dimension above 1 that is no batch belongs to the row', async () => {
    const model = await discover(modelOf([2, 4], [['Reshape', ['x', 'to'], 'y']], { to: int64([1, -1]) }));
    expect(model.batched).toBe(false);
    expect(model.input.shape).toEqual([1, 2, 4]);
    expect(model.types.get('x')?.shape).toEqual([2, 4]);
    expect(model.output.shape).toEqual([1, 8]);
  });
});

describe('values that are no tensors', () => {
  const pair: readonly NodeShorthand[] = [
    ['Neg', ['x'], 'a'],
    ['SequenceConstruct', ['x', 'a'], 'pair'],
    ['ConcatFromSequence', ['pair'], 'y', { axis: 1 }],
  ];

  test('have no type, as outputs of the model neither, and leave the batch open', async () => {
    const { graph, ...rest } = modelOf(['N', 4], pair);
    const outputs = ['pair', 'y'].map((name) => ({ name, dtype: undefined, shape: undefined }));
    const model = await discover({ ...rest, graph: { ...graph, outputs } });
    expect(model.batched).toBe(true);
    expect(model.types.has('pair')).toBe(false);
    expect(model.output).toEqual({ name: 'y', dtype: 'float32', shape: ['batch', 8] });
  });

  test('alone are refused', async () => {
    const { graph, ...rest } = modelOf(['N', 4], pair);
    const outputs = [{ name: 'pair', dtype: undefined, shape: undefined }];
    expect(await refused({ ...rest, graph: { ...graph, outputs } })).toMatch(
      /none of its outputs is a tensor/,
    );
  });
});

describe('values that no data reaches', () => {
  test('shape arithmetic as exporters write it is folded but for the batch', async () => {
    const model = await discover(
      modelOf(
        ['N', 2, 3],
        [
          ['Shape', ['x'], 's'],
          ['Gather', ['s', 'zero'], 'n'],
          ['Gather', ['s', 'one'], 'c'],
          ['Mul', ['c', 'three'], 'size'],
          ['Unsqueeze', ['n', 'axes'], 'n1'],
          ['Unsqueeze', ['size', 'axes'], 'size1'],
          ['Concat', ['n1', 'size1'], 'to', { axis: 0 }],
          ['Reshape', ['x', 'to'], 'y'],
        ],
        {
          zero: tensor('int64', [], BigInt64Array.of(0n)),
          one: tensor('int64', [], BigInt64Array.of(1n)),
          three: tensor('int64', [], BigInt64Array.of(3n)),
          axes: int64([0]),
        },
      ),
    );
    expect(model.output.shape).toEqual(['batch', 6]);
    expect(model.folded.get('size')?.data).toEqual(BigInt64Array.of(6n));
    expect(model.folded.has('n')).toBe(false);
    expect(model.folded.has('to')).toBe(false);
  });

  test('arithmetic on constants is folded, random numbers are not', async () => {
    const model = await discover(
      modelOf(
        ['N', 1],
        [
          ['Add', ['two', 'two'], 'four'],
          ['RandomUniform', [], 'noise', { shape: [1] }],
          ['Mul', ['x', 'four'], 'z'],
          ['Mul', ['noise', 'two'], 'more'],
          ['Identity', ['z'], 'y'],
        ],
        { two: scalar(2) },
      ),
    );
    expect([...model.folded.keys()]).toEqual(['four']);
    expect(model.folded.get('four')?.data).toEqual(Float32Array.of(4));
  });
});

describe('inputs', () => {
  const identity: readonly NodeShorthand[] = [['Identity', ['x'], 'y']];
  const withInput = (change: Partial<Model['graph']['inputs'][number]>): Model => {
    const model = modelOf(['N', 4], identity);
    return {
      ...model,
      graph: { ...model.graph, inputs: model.graph.inputs.map((info) => ({ ...info, ...change })) },
    };
  };

  test('integers keep their type; rows of data are floats', async () => {
    const model = await discover(withInput({ dtype: 'int64' }));
    expect(model.input.dtype).toBe('float32');
    expect(model.types.get('x')?.dtype).toBe('int64');
    expect(model.output).toMatchObject({ dtype: 'int64', shape: ['batch', 4] });
  });

  const withInputs = (inputs: Model['graph']['inputs'], nodes: readonly NodeShorthand[]): Model => {
    const model = modelOf(['N', 4], nodes);
    return { ...model, graph: { ...model.graph, inputs } };
  };

  test('several are one vector of features', async () => {
    const inputs: Model['graph']['inputs'] = [
      { name: 'a', dtype: 'float32', shape: ['N', 2, 3] },
      { name: 'b', dtype: 'int64', shape: ['N', 4] },
    ];
    const nodes: readonly NodeShorthand[] = [
      ['Flatten', ['a'], 'flat'],
      ['Cast', ['b'], 'floats', { to: 1 }],
      ['Concat', ['flat', 'floats'], 'y', { axis: 1 }],
    ];
    const model = await discover(withInputs(inputs, nodes));
    expect(model.batched).toBe(true);
    expect(model.input).toEqual({ name: 'a, b', dtype: 'float32', shape: ['batch', 10] });
    expect(model.types.get('a')?.shape).toEqual(['batch', 2, 3]);
    expect(model.types.get('b')).toEqual({ dtype: 'int64', shape: ['batch', 4] });
  });

  test('a scalar is one feature', async () => {
    const model = await discover(withInput({ shape: [] }));
    expect(model.batched).toBe(false);
    expect(model.input.shape).toEqual([1]);
  });

  test('of several outputs the first of floats counts', async () => {
    const model = modelOf(['N', 4], [['ArgMax', ['x'], 'label', { axis: 1 }], ...identity]);
    const label = { name: 'label', dtype: undefined, shape: undefined };
    const outputs = [label, ...model.graph.outputs];
    const typed = await discover({ ...model, graph: { ...model.graph, outputs } });
    expect(typed.output).toEqual({ name: 'y', dtype: 'float32', shape: ['batch', 4] });
  });

  test.each([
    {
      title: 'an open dimension besides the batch',
      change: { shape: ['N', 'length'] },
      problem: /open dimension/,
    },
    { title: 'no rank', change: { shape: undefined }, problem: /known rank/ },
    { title: 'strings', change: { dtype: 'string' as const }, problem: /not a tensor of known rank|numbers/ },
  ])('$title: refused', async ({ change, problem }) => {
    expect(await refused(withInput(change))).toMatch(problem);
  });

  test('a vector without a batch is a row of features', async () => {
    const model = await discover(modelOf([4], [['Reshape', ['x', 'to'], 'y']], { to: int64([2, 2]) }));
    expect(model.batched).toBe(false);
    expect(model.input.shape).toEqual([1, 4]);
  });

  test('operators of before opset 7, which broadcast by attributes, are refused', async () => {
    const nodes: readonly NodeShorthand[] = [['Add', ['x', 'c'], 'y', { broadcast: 1, axis: 0 }]];
    expect(await refused(modelOf([4, 4], nodes, { c: float32([1, 2, 3, 4]) }, 6))).toMatch(
      /UNSUPPORTED_MODEL/,
    );
    expect(await refused(modelOf(['N', 4], nodes, { c: float32([1]) }, 6))).toMatch(/cannot run it/);
  });

  test('a model that ONNX Runtime refuses gives one error with its reason', async () => {
    expect(await refused(modelOf(['N', 5], [['MatMul', ['x', 'w'], 'y']], { w }))).toMatch(
      /cannot run it: ./,
    );
  });
});
