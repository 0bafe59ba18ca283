import { expect, test } from 'vitest';
import { float32, int64, tensor } from '../../../src/base/tensor.js';
import type { Graph } from '../../../src/graph/graph.js';
import { dangerousNode } from '../../../src/graph/plausible.js';
import { modelOf, type NodeShorthand } from '../../helpers/models.js';

const problemOf = (nodes: readonly NodeShorthand[], constants: Parameters<typeof modelOf>[2] = {}) =>
  dangerousNode(modelOf(['batch', 1, 4, 4], nodes, constants).graph)?.problem;

const body = (condition: 'go' | 'less'): Graph => ({
  ...modelOf(
    [],
    [
      ['Cos', ['state'], 'next'],
      ['Less', ['i', 'i'], 'less'],
    ],
  ).graph,
  inputs: ['i', 'go', 'state'].map((name) => ({ name, dtype: undefined, shape: undefined })),
  outputs: [condition, 'next'].map((name) => ({ name, dtype: undefined, shape: undefined })),
});
const loop = (condition: 'go' | 'less', trips: string): NodeShorthand[] => [
  ['Loop', [trips, '', 'x'], 'y', { body: { kind: 'graph', value: body(condition) } }],
];
const trips = { many: int64([2 ** 40], []), few: int64([3], []) };

test.each<[string, readonly NodeShorthand[], Parameters<typeof modelOf>[2], string | undefined]>([
  ['a window', [['MaxPool', ['x'], 'y', { kernel_shape: [2, 2], pads: [1, 1, 0, 0] }]], {}, undefined],
  ['a stride of 0', [['MaxPool', ['x'], 'y', { kernel_shape: [2, 2], strides: [0, 1] }]], {}, 'strides 0'],
  ['no group', [['Conv', ['x', 'w'], 'y', { group: 0 }]], {}, 'group 0'],
  [
    'huge padding',
    [['Pad', ['x', 'by'], 'y']],
    { by: int64([0, 0, 0, 0, 0, 0, 0, 2 ** 20]) },
    'padding by 1048576',
  ],
  [
    'padding of an image',
    [['Pad', ['x', 'by'], 'y']],
    { by: int64([0, 0, 256, 256, 0, 0, 256, 256]) },
    undefined,
  ],
  ['a huge size', [['Expand', ['x', 'to'], 'y']], { to: int64([2 ** 20, 2 ** 20]) }, 'more than'],
  ['sizes kept and inferred', [['Reshape', ['x', 'to'], 'y']], { to: int64([0, -1, 4]) }, undefined],
  [
    'a part of a size',
    [
      ['Shape', ['x'], 's'],
      ['Concat', ['s', 'n'], 'to', { axis: 0 }],
      ['ConstantOfShape', ['to'], 'y'],
    ],
    { n: int64([2 ** 32]) },
    'more than',
  ],
  ['scales of a vector', [['Resize', ['x', '', 'by'], 'y']], { by: float32([1, 1, 2, 2]) }, undefined],
  [
    'scales of a matrix',
    [['Resize', ['x', '', 'by'], 'y']],
    { by: float32([1, 1, 2, 2], [2, 2]) },
    'not a vector',
  ],
  [
    'scales from data',
    [
      ['Relu', ['x'], 'by'],
      ['Resize', ['x', '', 'by'], 'y'],
    ],
    {},
    'computed from data',
  ],
  [
    'sizes from shapes',
    [
      ['Shape', ['x'], 'to'],
      ['Resize', ['x', '', '', 'to'], 'y'],
    ],
    {},
    undefined,
  ],
  ['hidden state', [['LSTM', ['x', 'w', 'r'], 'y', { hidden_size: -5 }]], {}, 'hidden_size -5'],
  ['a loop without end', loop('go', ''), trips, 'Infinity times'],
  ['a long loop', loop('go', 'many'), trips, '1099511627776 times'],
  ['a short loop', loop('go', 'few'), trips, undefined],
  ['a loop that data may end', loop('less', 'many'), trips, undefined],
  ['a constant that is a list', [['Constant', [], 'y', { value: [] }]], {}, 'of kind ints'],
  [
    'a constant',
    [['Constant', [], 'y', { value: { kind: 'tensor', value: tensor('bool', [], Uint8Array.of(1)) } }]],
    {},
    undefined,
  ],
  ['a foreign operator', [['com.example:MaxPool', ['x'], 'y', { strides: [0] }]], {}, undefined],
])('%s', (_, nodes, constants, problem) => {
  const found = problemOf(nodes, constants);
  if (problem === undefined) expect(found).toBe(undefined);
  else expect(found).toContain(problem);
});
