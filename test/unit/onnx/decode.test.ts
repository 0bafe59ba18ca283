import { describe, expect, test } from 'vitest';
import { dataTypes } from '../../../src/onnx/dtypes.js';
import { AttributeProto_AttributeType as AttributeType } from '../../onnx-proto/onnx_pb.js';
import { decodeProto, failure, type GraphInit, type ModelInit } from './fixtures.js';

const w = { name: 'w', dims: [1n], dataType: dataTypes.float32, floatData: [2] };
const relu = (input: string, output: string, name = '') => ({
  name,
  opType: 'Relu',
  input: [input],
  output: [output],
});

test('reads a model', () => {
  const graph: GraphInit = {
    name: 'g',
    initializer: [w],
    input: [
      {
        name: 'x',
        type: {
          value: {
            case: 'tensorType',
            value: {
              elemType: 1,
              shape: {
                dim: [
                  { value: { case: 'dimParam', value: 'batch' } },
                  { value: { case: 'dimValue', value: 3n } },
                  { value: { case: 'dimValue', value: -1n } },
                  {},
                ],
              },
            },
          },
        },
      },
    ],
    output: [{ name: 'y' }],
    node: [{ opType: 'Add', domain: 'ai.onnx', input: ['x', 'w'], output: ['y'] }],
  };
  expect(
    decodeProto(graph, { producerName: 'us', opsetImport: [{ domain: 'ai.onnx', version: 13n }] }),
  ).toEqual({
    graph: {
      name: 'g',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3, undefined, undefined] }],
      outputs: [{ name: 'y', dtype: undefined, shape: undefined }],
      constants: new Map([['w', { dtype: 'float32', shape: [1], data: Float32Array.of(2) }]]),
      nodes: [
        { name: 'Add_0', type: 'Add', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: new Map() },
      ],
    },
    irVersion: 8,
    opsets: new Map([['', 13]]),
    producer: 'us',
    functions: [],
  });
});

test('initialisers that are also listed as inputs, as before IR version 4, are no inputs', () => {
  const { graph } = decodeProto(
    { initializer: [w], input: [{ name: 'w' }, { name: 'x' }] },
    { irVersion: 3n },
  );
  expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
});

test('models older than operator sets mean the first one', () => {
  expect(decodeProto({}, { irVersion: 2n, opsetImport: [] }).opsets).toEqual(new Map([['', 1]]));
});

test('training information is ignored', () => {
  const trainingInfo = [{ algorithm: { node: [relu('nowhere', 'y')] } }];
  expect(decodeProto({}, { trainingInfo }).graph.nodes).toEqual([]);
});

describe('subgraphs', () => {
  const withBranch = (branch: GraphInit): GraphInit => ({
    input: [{ name: 'x' }],
    node: [
      {
        name: 'choose',
        opType: 'If',
        input: ['x'],
        output: ['y'],
        attribute: [{ name: 'then_branch', type: AttributeType.GRAPH, g: branch }],
      },
    ],
  });

  test('may read and give what is around them', () => {
    const branch = { node: [relu('x', 'z')], output: [{ name: 'z' }, { name: 'x' }], initializer: [w] };
    const choose = decodeProto(withBranch(branch)).graph.nodes[0];
    expect(choose?.attributes.get('then_branch')).toMatchObject({
      kind: 'graph',
      value: { nodes: [{ inputs: ['x'] }], constants: new Map([['w', expect.anything()]]) },
    });
  });

  test('may not read what nothing produces, and are named in the error', () => {
    const { where, problem } = failure(() => decodeProto(withBranch({ node: [relu('gone', 'z', 'inner')] })));
    expect(where).toBe('net.onnx: node "choose" (If), attribute "then_branch": node "inner" (Relu)');
    expect(problem).toContain('"gone"');
  });
});

describe('refuses', () => {
  test.each<[string, GraphInit, string, string]>([
    ['inputs that nothing produces', { node: [relu('gone', 'y', 'a')] }, 'node "a" (Relu)', '"gone"'],
    ['outputs that nothing produces', { output: [{ name: 'y' }] }, 'output "y"', 'produces'],
    [
      'values produced twice',
      { initializer: [w], node: [relu('w', 'y'), relu('w', 'y', 'b')] },
      '"b"',
      '"y"',
    ],
    ['outputs named as inputs', { input: [{ name: 'x' }], node: [relu('x', 'x', 'a')] }, '"a"', '"x"'],
    ['two inputs of one name', { input: [{ name: 'x' }, { name: 'x' }] }, 'net.onnx', '"x"'],
    ['inputs without a name', { input: [{}] }, 'net.onnx', 'without a name'],
    ['two initialisers of one name', { initializer: [w, w] }, 'initialiser "w"', 'twice'],
    ['initialisers without a name', { initializer: [{ ...w, name: '' }] }, 'net.onnx', 'no name'],
    ['nodes without an operator', { node: [{ name: 'a' }] }, 'node "a"', 'no operator'],
    ['cycles', { node: [relu('1', '2', 'a'), relu('2', '1', 'b')] }, 'node "', 'own output'],
  ])('%s', (_, graph, where, problem) => {
    const error = failure(() => decodeProto(graph));
    expect(error.code).toBe('INVALID_MODEL');
    expect(error.where).toContain(where);
    expect(error.problem).toContain(problem);
    expect(error.hint).toBeTruthy();
  });

  test.each<[string, ModelInit, string]>([
    ['a model without a graph', { graph: undefined }, 'no graph'],
    ['a model without a version', { irVersion: 0n }, 'IR version 0'],
    ['a model without operator sets', { opsetImport: [] }, 'no operator set'],
    ['operator sets of version 0', { opsetImport: [{ version: 0n }] }, 'version 0'],
    ['two versions of one operator set', { opsetImport: [{ version: 7n }, { version: 8n }] }, '7 and 8'],
  ])('%s', (_, model, problem) => {
    const error = failure(() => decodeProto({}, model));
    expect(error.code).toBe('INVALID_MODEL');
    expect(error.problem).toContain(problem);
  });

  test.each<[string, GraphInit]>([
    ['sparse initialisers', { sparseInitializer: [{ dims: [3n] }] }],
    ['overloads of functions', { node: [{ opType: 'F', overload: 'o' }] }],
  ])('%s, which are valid but not supported', (_, graph) => {
    expect(failure(() => decodeProto(graph)).code).toBe('UNSUPPORTED_MODEL');
  });
});
