import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import type { Attribute } from '../../../src/graph/graph.js';
import { decodeAttributes } from '../../../src/onnx/attribute-decode.js';
import { writeAttribute } from '../../../src/onnx/attribute-write.js';
import { attributeProto } from '../../../src/onnx/proto.js';
import { readMessage } from '../../../src/onnx/proto-reader.js';
import { ProtoWriter } from '../../../src/onnx/proto-writer.js';
import { encodeText } from '../../../src/onnx/text.js';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
} from '../../onnx-proto/onnx_pb.js';
import { FILE, failure } from './fixtures.js';

const unused = () => {
  throw new Error('these attributes hold no tensors and graphs');
};
type Init = MessageInitShape<typeof AttributeProtoSchema>;
const protoOf = (init: Init) => create(AttributeProtoSchema, { name: 'a', ...init });
const bytesOf = (init: Init) => toBinary(AttributeProtoSchema, protoOf(init));
const decodeAll = (inits: Init[]) => {
  const protos = inits.map((init) => readMessage(attributeProto, bytesOf(init)));
  return decodeAttributes(protos, FILE, { tensor: unused, graph: unused });
};
const decode = (init: Init) => decodeAll([init]).get('a');
const written = (name: string, attribute: Attribute) => {
  const writer = new ProtoWriter();
  writeAttribute(writer, name, attribute, unused);
  return fromBinary(AttributeProtoSchema, new Uint8Array(writer.finish()));
};

test.each([
  [{ i: 3n }, { kind: 'int', value: 3 }],
  [{ f: 0 }, { kind: 'float', value: 0 }],
  [{ s: encodeText('same') }, { kind: 'string', value: 'same' }],
  [{ ints: [1n] }, { kind: 'ints', value: [1] }],
])('an attribute without a type, as ONNX first had them: %s', (init, attribute) => {
  expect(decode(init)).toEqual(attribute);
});

test('lists may be empty', () => {
  expect(decode({ type: AttributeType.INTS })).toEqual({ kind: 'ints', value: [] });
});

test('the greatest int64, which means "to the end", goes back as it came', () => {
  const attribute = decode({ type: AttributeType.INTS, ints: [2n ** 63n - 1n, -(2n ** 63n)] });
  expect(attribute).toEqual({ kind: 'ints', value: [2 ** 63, -(2 ** 63)] });
  if (attribute === undefined) return;
  expect(written('a', attribute).ints).toEqual([2n ** 63n - 1n, -(2n ** 63n)]);
});

test.each<[string, Init]>([
  ['type protos', { type: AttributeType.TYPE_PROTO, tp: { denotation: 'IMAGE' } }],
  ['sparse tensors', { type: AttributeType.SPARSE_TENSOR, sparseTensor: { dims: [4n] } }],
  ['references to function attributes', { type: AttributeType.INT, refAttrName: 'axis' }],
  ['strings that are not UTF-8', { type: AttributeType.STRING, s: Uint8Array.of(0xff) }],
  ['lists of such strings', { type: AttributeType.STRINGS, strings: [Uint8Array.of(0xff), encodeText('b')] }],
])('%s pass through as bytes', (_, init) => {
  const attribute = decode(init);
  expect(attribute).toEqual({ kind: 'opaque', value: bytesOf(init) });
  if (attribute === undefined) return;
  expect(written('a', attribute)).toEqual(protoOf(init));
  expect(written('b', attribute)).toEqual({ ...protoOf(init), name: 'b' });
});

test.each<[Init[], string]>([
  [[{ name: '' }], 'without a name'],
  [[{ i: 1n }, { i: 2n }], 'two attributes named "a"'],
  [[{ type: AttributeType.TENSOR }], 'holds none'],
  [[{ type: AttributeType.GRAPH }], 'holds none'],
])('refuses %s', (inits, problem) => {
  expect(failure(() => decodeAll(inits)).problem).toContain(problem);
});
