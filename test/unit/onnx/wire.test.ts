import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect, test } from 'vitest';
import { modelProto } from '../../../src/onnx/proto.js';
import { checkWire } from '../../../src/onnx/wire.js';
import { FILE, failure, protoBytes } from './fixtures.js';

const check = (bytes: Uint8Array) => checkWire(modelProto, bytes, FILE);
const problemOf = (bytes: Uint8Array) => failure(() => check(bytes)).problem;
const wrap = (fields: readonly number[], inner: Uint8Array): Uint8Array =>
  fields.reduceRight(
    (bytes, field) => new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(bytes).finish(),
    inner,
  );

const GRAPH = 7;

test('accepts every kind of field', () => {
  check(
    protoBytes({
      node: [{ opType: 'A', attribute: [{ name: 'a', f: 1, floats: [1, 2], ints: [-1n, 300n] }] }],
      initializer: [{ name: 't', dims: [2n], dataType: 7, int64Data: [-1n, 2n ** 62n], doubleData: [1] }],
    }),
  );
});

test('accepts fields it does not know, as files of later versions have them', () => {
  check(new BinaryWriter().tag(99, WireType.Varint).int64(-1n).finish());
});

test('a message may not claim more than its parent holds, even where the file goes on', () => {
  const graph = new BinaryWriter().tag(1, WireType.LengthDelimited).uint32(50).finish();
  const rest = new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(new Uint8Array(100)).finish();
  const bytes = Buffer.concat([wrap([GRAPH], graph), rest]);
  expect(problemOf(bytes)).toContain('GraphProto.node claims 50 bytes where 0 are left');
});

test.each([
  ['a field of another type', [0x38, 0x01], 'graph has wire type 0'],
  ['a group', [0x9b, 0x06], 'wire type 3 does not occur'],
  ['field number 0', [0x00], 'without a number'],
  ['a number that ends with the file', [0x08, 0x80], 'cut off'],
  ['a number of 11 bytes', [0x08, ...new Array<number>(10).fill(0x80), 0x01], 'longer than 10'],
  ['a fixed number that ends with the file', [0x9d, 0x06, 1, 2], 'claims 4 bytes where 2 are left'],
])('refuses %s', (_, bytes, problem) => {
  expect(problemOf(Uint8Array.from(bytes))).toContain(problem);
});

test('refuses packed lists that end within a number', () => {
  const list = (field: number, bytes: number[]) => wrap([GRAPH, 5, field], Uint8Array.from(bytes));
  expect(problemOf(list(4, [0, 0, 0]))).toContain('float_data ends within a number');
  expect(problemOf(list(7, [1, 0x80]))).toContain('int64_data ends within a number');
});

test('refuses nesting that would exhaust the stack', () => {
  // graph > node > attribute > graph > ...
  const deep = Array.from({ length: 3000 }, (_, level) => [1, 5, 6][level % 3] ?? 1);
  expect(problemOf(wrap([GRAPH, ...deep], new Uint8Array(0)))).toContain('nest deeper than 100');
});

test('refuses files whose objects would not fit into memory', () => {
  const nodes = new Uint8Array(2 * 1_100_000);
  for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
  expect(failure(() => check(wrap([GRAPH], nodes)))).toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    where: FILE,
  });
});
