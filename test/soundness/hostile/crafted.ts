// Files that somebody made to do harm, one by one.
import { create, toBinary } from '@bufbuild/protobuf';
import { float32, int64, tensor } from '../../../src/base/tensor.js';
import type { Attribute, Graph, Model, Node } from '../../../src/graph/graph.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { modelOf, type NodeShorthand, scalar } from '../../helpers/models.js';
import { FunctionProtoSchema } from '../../onnx-proto/onnx_pb.js';

const huge = 2 ** 33;
const yes = tensor('bool', [], Uint8Array.of(1));

const plainNode = (
  type: string,
  inputs: string[],
  outputs: string[],
  attributes: [string, Attribute][] = [],
): Node => ({
  name: `${type} of ${outputs[0]}`,
  type,
  domain: '',
  inputs,
  outputs,
  attributes: new Map(attributes),
});

const withNodes = (model: Model, nodes: readonly Node[]): Model => ({
  ...model,
  graph: { ...model.graph, nodes },
});

/** Values named x0, x1, ... */
const chain = (length: number): NodeShorthand[] =>
  Array.from({ length }, (_, at) => [
    'Relu',
    [at === 0 ? 'x' : `x${at}`],
    at === length - 1 ? 'y' : `x${at + 1}`,
  ]);

/** If within If: only the innermost has data. */
function nested(depth: number): Model {
  const branch = (level: number): Graph => ({
    name: `level${level}`,
    inputs: [],
    outputs: [{ name: `y${level}`, dtype: undefined, shape: undefined }],
    constants: new Map(),
    nodes: [level === depth ? plainNode('Relu', ['x'], [`y${level}`]) : choice(level + 1, `y${level}`)],
  });
  const choice = (level: number, output: string): Node => {
    const value = branch(level);
    return plainNode(
      'If',
      ['yes'],
      [output],
      [
        ['then_branch', { kind: 'graph', value }],
        [
          'else_branch',
          { kind: 'graph', value: level === depth ? value : { ...branch(depth), name: 'else' } },
        ],
      ],
    );
  };
  const model = modelOf([1, 4], [], { yes });
  return withNodes(model, [choice(1, 'y')]);
}

/** A Loop that never ends by itself. */
function endless(trips: number): Model {
  const untyped = (name: string) => ({ name, dtype: undefined, shape: undefined });
  const body: Graph = {
    name: 'body',
    inputs: [
      { name: 'i', dtype: 'int64', shape: [] },
      { name: 'go', dtype: 'bool', shape: [] },
      { name: 'state', dtype: 'float32', shape: undefined },
    ],
    outputs: [untyped('on'), untyped('next')],
    constants: new Map(),
    nodes: [plainNode('Identity', ['go'], ['on']), plainNode('Cos', ['state'], ['next'])],
  };
  const model = modelOf([1, 4], [], { trips: int64([trips], []), yes });
  return withNodes(model, [
    plainNode('Loop', ['trips', 'yes', 'x'], ['y'], [['body', { kind: 'graph', value: body }]]),
  ]);
}

/** A function of the model that calls itself. */
function recursive(): Model {
  const domain = 'own';
  const call = { opType: 'Again', domain, input: ['a'], output: ['b'] };
  const body = {
    name: 'Again',
    domain,
    input: ['a'],
    output: ['b'],
    node: [call],
    opsetImport: [{ domain, version: 1n }],
  };
  const model = modelOf([1, 4], []);
  return {
    ...withNodes(model, [{ ...plainNode('Again', ['x'], ['y']), domain }]),
    opsets: new Map([
      ['', 17],
      [domain, 1],
    ]),
    functions: [toBinary(FunctionProtoSchema, create(FunctionProtoSchema, body))],
  };
}

const product: NodeShorthand[] = [['Mul', ['a', 'a'], 'size']];
const million = int64([2 ** 17]);

const models: Record<string, () => Model> = {
  'a chain of 1,000 nodes': () => modelOf(['batch', 2], chain(1000)),
  'a chain in reverse': () => modelOf(['batch', 2], chain(200).toReversed()),
  'If within If, 12 deep': () => nested(12),
  'If within If, 60 deep': () => nested(60),
  'a loop without end': () => endless(Number.MAX_SAFE_INTEGER),
  'a function that calls itself': recursive,
  'a constant of a computed size': () =>
    modelOf(
      ['batch', 1],
      [...product, ['ConstantOfShape', ['size'], 'c'], ['ReduceSum', ['c'], 's'], ['Add', ['x', 's'], 'y']],
      {
        a: million,
      },
    ),
  'a range without end': () =>
    modelOf(
      ['batch', 1],
      [
        ['Range', ['zero', 'many', 'one'], 'r'],
        ['ReduceSum', ['r'], 's'],
        ['Add', ['x', 's'], 'y'],
      ],
      {
        zero: scalar(0),
        many: scalar(1e10),
        one: scalar(1),
      },
    ),
  'an input expanded beyond memory': () =>
    modelOf(['batch', 1], [['Expand', ['x', 'to'], 'y']], { to: int64([1, huge]) }),
  'tiles beyond memory': () => modelOf(['batch', 4], [['Tile', ['x', 'by'], 'y']], { by: int64([1, huge]) }),
  'padding beyond memory': () =>
    modelOf(['batch', 4], [['Pad', ['x', 'by'], 'y']], { by: int64([0, 0, 0, huge]) }),
  'padding by a computed size': () =>
    modelOf(
      ['batch', 4],
      [...product, ['Concat', ['none', 'size'], 'by', { axis: 0 }], ['Pad', ['x', 'by'], 'y']],
      {
        a: million,
        none: int64([0, 0, 0]),
      },
    ),
  'classes beyond memory': () =>
    modelOf(
      ['batch', 4],
      [
        ['Cast', ['x'], 'i', { to: 7 }],
        ['OneHot', ['i', 'depth', 'values'], 'y'],
      ],
      {
        depth: int64([huge], []),
        values: float32([0, 1]),
      },
    ),
  'an image grown beyond memory': () =>
    modelOf(['batch', 1, 4, 4], [['Resize', ['x', '', 'by'], 'y']], { by: float32([1, 1, 1e5, 1e5]) }),
  'scales for more axes than there are': () =>
    modelOf(['batch', 1, 4, 4], [['Resize', ['x', '', 'by'], 'y']], {
      by: float32(new Float32Array(4096).fill(1)),
    }),
  'scales computed from data': () =>
    modelOf(
      ['batch', 4, 4, 4],
      [
        ['Relu', ['x'], 'by'],
        ['Resize', ['x', '', 'by'], 'y'],
      ],
    ),
  'slices with step 0': () =>
    modelOf(['batch', 4], [['Slice', ['x', 'from', 'to', 'axes', 'step'], 'y']], {
      from: int64([0]),
      to: int64([4]),
      axes: int64([1]),
      step: int64([0]),
    }),
  'an index far outside': () =>
    modelOf(['batch', 4], [['Gather', ['x', 'at'], 'y', { axis: 1 }]], { at: int64([-(2 ** 40)]) }),
  'axes twice in a transposition': () => modelOf(['batch', 4], [['Transpose', ['x'], 'y', { perm: [0, 0] }]]),
  'a window of negative strides': () =>
    modelOf(['batch', 1, 4, 4], [['MaxPool', ['x'], 'y', { kernel_shape: [2, 2], strides: [-1, 1] }]]),
  'groups that do not divide': () =>
    modelOf(['batch', 3, 4, 4], [['Conv', ['x', 'w'], 'y', { group: 2 }]], {
      w: float32(new Float32Array(12), [3, 1, 2, 2]),
    }),
  'a name of a megabyte': () =>
    modelOf(
      ['batch', 4],
      [
        ['Relu', ['x'], 'n'.repeat(2 ** 20)],
        ['Relu', ['n'.repeat(2 ** 20)], 'y'],
      ],
    ),
};

export const crafted = Object.entries(models).map(([name, model]) => ({
  name,
  bytes: () => encodeModel(model()),
}));
