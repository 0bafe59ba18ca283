// Nodes that are written by hand have the bytes that the generated encoder gives them.
import { clearField, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attribute, Graph, Node } from '../../../src/graph/graph.js';
import { encodeStructure } from '../../../src/onnx/graph-encode.js';
import { writeNode } from '../../../src/onnx/node-write.js';
import { GraphProtoSchema } from '../../../src/onnx/proto.js';
import { ProtoWriter } from '../../../src/onnx/proto-writer.js';
import { SEED } from '../../helpers/laws.js';
import { anyModel } from '../../laws/onnx-models.js';

function generated(nodes: readonly Node[]): Uint8Array {
  const graph: Graph = { name: '', inputs: [], outputs: [], constants: new Map(), nodes };
  const structure = encodeStructure(graph);
  clearField(structure, GraphProtoSchema.field.name);
  return toBinary(GraphProtoSchema, structure);
}

function written(nodes: readonly Node[]): Uint8Array {
  const writer = new ProtoWriter();
  for (const node of nodes) writeNode(writer, node);
  return writer.finish();
}

function same(nodes: readonly Node[]): void {
  expect(Buffer.from(written(nodes)).toString('hex')).toBe(Buffer.from(generated(nodes)).toString('hex'));
}

test('any node', () => {
  fc.assert(
    fc.property(anyModel, ({ graph }) => same(graph.nodes)),
    { seed: SEED, numRuns: 100 },
  );
});

const node = (name: string, attributes: Readonly<Record<string, Attribute>>): Node => ({
  name,
  type: 'Any',
  domain: '',
  inputs: [name, ''],
  outputs: [`${name}${name}`],
  attributes: new Map(Object.entries(attributes)),
});

test.each([0, 1, 62, 63, 64, 126, 127, 128, 129, 16_383, 16_384, 20_000])(
  'names of %i characters',
  (length) => {
    for (const letter of ['n', 'é', '语', '😀', 'a\u0080'])
      same([node(letter.repeat(length), {}), node('next', {})]);
  },
);

test('wherever a field begins in an array that grows', () => {
  for (let before = 980; before < 1030; before++) {
    const [writer, expected] = [new ProtoWriter(), new BinaryWriter()];
    writer.bytes(9, new Uint8Array(before));
    expected.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(before));
    for (const text of ['', 'a', '', 'bc', 'def', '']) {
      writer.text(1, text);
      expected.tag(1, WireType.LengthDelimited).string(text);
    }
    expect(Buffer.compare(writer.finish(), expected.finish()), `after ${before} bytes`).toBe(0);
  }
});

test('numbers of every length, with either sign', () => {
  const powers = Array.from({ length: 64 }, (_, at) => 2 ** at);
  const ints = [0, -0, ...powers.flatMap((power) => [power - 1, power, -power, 1 - power])];
  for (const value of ints) same([node('i', { i: { kind: 'int', value } })]);
  same([node('ints', { ints: { kind: 'ints', value: ints.filter(Number.isSafeInteger) } })]);
  same([node('ints', { ints: { kind: 'ints', value: ints } })]);
  for (const value of [0, -0, 1.5, Infinity, -Infinity, Number.NaN, 1e-45, 3.4e38])
    same([node('f', { f: { kind: 'float', value } })]);
  same([node('s', { s: { kind: 'string', value: 'CONSTANT é' } })]);
});
