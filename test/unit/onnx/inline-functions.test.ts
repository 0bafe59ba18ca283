// Models with functions of their own: ONNX Runtime must compute the same with and without them.
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { inlineFunctions } from '../../../src/onnx/inline-functions.js';
import { inline, result } from '../../helpers/programs.js';
import {
  AttributeProto_AttributeType as AttributeType,
  type FunctionProtoSchema,
  ModelProtoSchema,
} from '../../onnx-proto/onnx_pb.js';
import { FILE, failure } from './fixtures.js';

type FunctionInit = Exclude<MessageInitShape<typeof FunctionProtoSchema>, { $typeName: string }>;
type NodeInit = NonNullable<FunctionInit['node']>[number];

const node = (opType: string, input: string[], output: string[], more: Partial<NodeInit> = {}): NodeInit =>
  ({ opType, input, output, domain: opType.length === 1 ? 'own' : '', ...more }) as NodeInit;
const own = (name: string, more: FunctionInit): FunctionInit => ({
  domain: 'own',
  name,
  opsetImport: [{ version: 17n }, { domain: 'own', version: 1n }],
  ...more,
});

const protoBytes = (nodes: NodeInit[], functions: FunctionInit[]): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ version: 17n }, { domain: 'own', version: 1n }],
      graph: {
        name: 'g',
        node: nodes,
        input: [{ name: 'x', type: { value: { case: 'tensorType', value: { elemType: 1 } } } }],
        output: [{ name: 'y' }],
      },
      functions,
    }),
  );

const decode = (bytes: Uint8Array) => decodeModel(bytes, { file: FILE });
const inlined = (bytes: Uint8Array) => inlineFunctions(decode(bytes), { file: FILE });
const run = async (bytes: Uint8Array): Promise<number[]> => {
  const session = await inline.open(bytes, 'disabled');
  return toNumbers(result(await session.run({ x: float32([-2, 1, 3]) }), 'y'));
};

const float = (name: string, f: number) => ({ name, type: AttributeType.FLOAT, f });
const reference = (name: string, refAttrName: string) => ({ name, type: AttributeType.FLOAT, refAttrName });

/** y = leaky relu(x) + z, slope 0.5 unless the call gives another. */
const f = own('F', {
  input: ['x', 'z'],
  output: ['y'],
  attributeProto: [float('slope', 0.5)],
  node: [
    node('LeakyRelu', ['x'], ['t'], { attribute: [reference('alpha', 'slope')] }),
    node('Add', ['t', 'z'], ['y']),
  ],
});
/** Calls F twice, and has a second output. */
const g = own('G', {
  input: ['x'],
  output: ['y', 'n'],
  node: [
    node('Neg', ['x'], ['n']),
    node('F', ['x', 'x'], ['t']),
    node('F', ['t', 'x'], ['y'], { attribute: [float('slope', 0.1)] }),
  ],
});
/** Leaves an input out. */
const c = own('C', {
  input: ['x', 'low', 'high'],
  output: ['y'],
  node: [node('Clip', ['x', 'low', 'high'], ['y'])],
});

test.each<[string, NodeInit[]]>([
  [
    'an attribute and the default of one',
    [node('F', ['x', 'x'], ['a'], { attribute: [float('slope', 2)] }), node('F', ['a', 'x'], ['y'])],
  ],
  ['functions that call functions', [node('G', ['x'], ['a', 'b']), node('Add', ['a', 'b'], ['y'])]],
  ['an output that nobody reads', [node('G', ['x'], ['y', ''])]],
  [
    'an input that is left out',
    [
      node('ReduceMean', ['x'], ['m'], { attribute: [{ name: 'keepdims', type: AttributeType.INT, i: 0n }] }),
      node('C', ['x', '', 'm'], ['y']),
    ],
  ],
  [
    'values of the same names outside',
    [node('Neg', ['x'], ['t']), node('F', ['t', 'x'], ['F_1/t']), node('F', ['F_1/t', 't'], ['y'])],
  ],
])('%s', async (_title, nodes) => {
  const bytes = protoBytes(nodes, [f, g, c]);
  const model = inlined(bytes);
  expect(model.functions).toEqual([]);
  expect(model.graph.nodes.some(({ domain }) => domain === 'own')).toBe(false);
  expect(await run(encodeModel(model))).toEqual(await run(bytes));
});

test('calls in branches are inlined, and branches in functions read what is around the call', async () => {
  const branch = (inner: NodeInit) => ({
    type: AttributeType.GRAPH,
    g: { name: 'b', node: [inner], output: [{ name: 'r' }] },
  });
  const chooser = own('H', {
    input: ['c', 'x'],
    output: ['y'],
    node: [
      node('Neg', ['x'], ['t']),
      node('If', ['c'], ['y'], {
        attribute: [
          { name: 'then_branch', ...branch(node('F', ['x', 't'], ['r'])) },
          { name: 'else_branch', ...branch(node('Add', ['t', 't'], ['r'])) },
        ],
      }),
    ],
  });
  for (const limit of [-100, 100]) {
    const nodes = [
      node('Constant', [], ['k'], { attribute: [float('value_float', limit)] }),
      node('ReduceSum', ['x'], ['s'], { attribute: [{ name: 'keepdims', type: AttributeType.INT, i: 0n }] }),
      node('Greater', ['s', 'k'], ['c']),
      node('H', ['c', 'x'], ['y']),
    ];
    const bytes = protoBytes(nodes, [f, chooser]);
    const names = JSON.stringify(inlined(bytes).graph.nodes.map(({ type }) => type));
    expect(names).not.toContain('"F"');
    expect(await run(encodeModel(inlined(bytes)))).toEqual(await run(bytes));
  }
});

test("ONNX Runtime's own operators go before functions of their name", async () => {
  const gelu = {
    ...own('Gelu', { input: ['x'], output: ['y'], node: [node('Neg', ['x'], ['y'])] }),
    domain: 'com.microsoft',
  };
  const bytes = protoBytes([node('Gelu', ['x'], ['y'], { domain: 'com.microsoft' })], [gelu]);
  expect(await run(encodeModel(inlined(bytes)))).toEqual(await run(bytes));
  expect(inlined(bytes).graph.nodes[0]?.domain).toBe('com.microsoft');
});

test('a model without functions stays the same object', () => {
  const model = decode(protoBytes([node('Neg', ['x'], ['y'])], []));
  expect(inlineFunctions(model, { file: FILE })).toBe(model);
});

test('a function that calls itself is refused by name', () => {
  const again = own('R', { input: ['x'], output: ['y'], node: [node('R', ['x'], ['y'])] });
  const bytes = protoBytes([node('R', ['x'], ['y'])], [again]);
  expect(failure(() => inlined(bytes))).toMatchObject({
    code: 'INVALID_MODEL',
    where: 'net.onnx: function "R"',
  });
});
