// Graphs that are written by hand have the bytes that the generated encoder gives them.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attribute, Graph, Model, Node } from '../../../src/graph/graph.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { writeSubgraph } from '../../../src/onnx/graph-write.js';
import { ProtoWriter } from '../../../src/onnx/proto-writer.js';
import { SEED } from '../../helpers/laws.js';
import { anyModel } from '../../laws/onnx-models.js';
import { encodeSubgraph } from '../../onnx-proto/messages.js';
import { GraphProtoSchema, ModelProtoSchema } from '../../onnx-proto/onnx_pb.js';

const graphOf = (nodes: readonly Node[]): Graph => ({
  name: '',
  inputs: [],
  outputs: [],
  constants: new Map(),
  nodes,
});

function written(graph: Graph): Uint8Array {
  const writer = new ProtoWriter();
  writeSubgraph(writer, graph);
  return writer.finish();
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function sameGraph(graph: Graph): void {
  expect(hex(written(graph))).toBe(hex(toBinary(GraphProtoSchema, encodeSubgraph(graph))));
}

const same = (nodes: readonly Node[]): void => sameGraph(graphOf(nodes));

test('any graph', () => {
  fc.assert(
    fc.property(anyModel, ({ graph }) => sameGraph(graph)),
    { seed: SEED, numRuns: 200 },
  );
});

test('any model, but for the order of a graph’s parts', () => {
  const reference = ({ irVersion, producer, opsets, graph }: Model) =>
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersion),
      producerName: producer,
      opsetImport: [...opsets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
      graph: encodeSubgraph(graph),
    });
  const check = (model: Model) => {
    const own = { ...model, functions: [], irVersion: 8 };
    expect(fromBinary(ModelProtoSchema, encodeModel(own))).toEqual(reference(own));
  };
  fc.assert(fc.property(anyModel, check), { seed: SEED, numRuns: 200 });
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
