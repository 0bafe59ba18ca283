// Messages that are read by our tables are what the reader generated from onnx.proto makes of them, however they are written.
import { type DescField, type DescMessage, fromBinary, ScalarType } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect, test } from 'vitest';
import {
  attributeProto,
  functionProto,
  graphProto,
  modelProto,
  tensorProto,
} from '../../../src/onnx/proto.js';
import type { Field, Message } from '../../../src/onnx/proto-fields.js';
import { readMessage } from '../../../src/onnx/proto-reader.js';
import { checkWire } from '../../../src/onnx/wire.js';
import { Draw } from '../../helpers/draw.js';
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
} from '../../onnx-proto/onnx_pb.js';

const messages = 1000;
const deepest = 8;

const int64 = (draw: Draw): bigint =>
  BigInt.asIntN(64, BigInt(draw.int(-(2 ** 40), 2 ** 40)) * BigInt(draw.pick([1, 2 ** 30])));

/** What is written of a number or text; enums get numbers that they do not have, too. */
function writeScalar(draw: Draw, writer: BinaryWriter, type: ScalarType): void {
  switch (type) {
    case ScalarType.STRING:
      writer.string(draw.pick(['', 'a', 'axis', 'é语', 'x'.repeat(200)]));
      break;
    case ScalarType.BYTES:
      writer.bytes(Uint8Array.from(draw.ints(draw.int(0, 5), 0, 255)));
      break;
    case ScalarType.FLOAT:
      writer.float(draw.pick([0, -0, 1.5, Infinity, Number.NaN]));
      break;
    case ScalarType.DOUBLE:
      writer.double(draw.pick([0, -0, 0.1, -Infinity]));
      break;
    case ScalarType.INT32:
      writer.int32(draw.int(-(2 ** 31), 2 ** 31 - 1));
      break;
    case ScalarType.UINT64:
      writer.uint64(BigInt.asUintN(64, int64(draw)));
      break;
    default:
      writer.int64(int64(draw));
  }
}

const wireTypes = new Map([
  [ScalarType.STRING, WireType.LengthDelimited],
  [ScalarType.BYTES, WireType.LengthDelimited],
  [ScalarType.FLOAT, WireType.Bit32],
  [ScalarType.DOUBLE, WireType.Bit64],
]);

function writeField(draw: Draw, writer: BinaryWriter, field: DescField, depth: number): void {
  const { number, message, scalar } = field;
  if (message !== undefined) {
    const inner = depth < deepest ? anyMessage(draw, message, depth + 1) : new Uint8Array(0);
    writer.tag(number, WireType.LengthDelimited).bytes(inner);
    return;
  }
  if (scalar === undefined) {
    writer.tag(number, WireType.Varint).int32(draw.int(0, 25));
    return;
  }
  const wireType = wireTypes.get(scalar) ?? WireType.Varint;
  if (field.fieldKind === 'list' && wireType !== WireType.LengthDelimited && draw.flag()) {
    const packed = new BinaryWriter();
    for (let count = draw.int(0, 4); count > 0; count--) writeScalar(draw, packed, scalar);
    writer.tag(number, WireType.LengthDelimited).bytes(packed.finish());
    return;
  }
  writer.tag(number, wireType);
  writeScalar(draw, writer, scalar);
}

/** Fields in any order, some several times, also of numbers that onnx.proto does not have. */
function anyMessage(draw: Draw, message: DescMessage, depth = 0): Uint8Array {
  const writer = new BinaryWriter();
  for (let count = draw.int(0, depth === 0 ? 12 : 6); count > 0; count--) {
    if (draw.int(0, 15) === 0) writer.tag(draw.int(100, 900), WireType.Varint).int64(int64(draw));
    else writeField(draw, writer, draw.pick(message.fields), depth);
  }
  return writer.finish();
}

type Parts = Readonly<Record<string, unknown>>;

/** What we read of a message, of ours or of the generated kind. */
function readOf(message: Message<object>, value: object): Parts {
  const parts = value as Parts;
  return Object.fromEntries(
    [...message.fields.values()].map((field) => [field.key, fieldOf(field, parts)] as const),
  );
}

function fieldOf(field: Field, parts: Parts): unknown {
  const { key, kind, isList, oneOf } = field;
  const inner = (value: unknown) => (typeof kind === 'function' ? readOf(kind(), value as object) : value);
  if (oneOf !== undefined) {
    const chosen = parts[oneOf] as { readonly case?: string; readonly value?: unknown };
    return chosen.case === key ? { value: inner(chosen.value) } : undefined;
  }
  const value = parts[key];
  if (isList) return (value as unknown[]).map(inner);
  if (typeof kind === 'function') return value === undefined ? undefined : inner(value);
  return { value, isThere: Object.hasOwn(parts, key) };
}

const kinds = [
  ['models', modelProto, ModelProtoSchema],
  ['graphs', graphProto, GraphProtoSchema],
  ['tensors', tensorProto, TensorProtoSchema],
  ['attributes', attributeProto, AttributeProtoSchema],
  ['functions', functionProto, FunctionProtoSchema],
] as const satisfies readonly (readonly [string, Message<object>, DescMessage])[];

test.each(kinds)('any %s', (_, message: Message<object>, described: DescMessage) => {
  for (let seed = 0; seed < messages; seed++) {
    const bytes = anyMessage(new Draw(seed), described);
    checkWire(message, bytes, 'any.onnx');
    const expected = fromBinary(described, bytes, { readUnknownFields: false });
    const read = readMessage(message, bytes);
    expect(readOf(message, read), `seed ${seed}`).toEqual(readOf(message, expected));
  }
});

test('kept bytes are those of the message', () => {
  let kept = 0;
  for (let seed = 0; seed < messages; seed++) {
    const bytes = anyMessage(new Draw(seed), FunctionProtoSchema);
    const read = readMessage(functionProto, bytes);
    expect(read.source).toEqual(bytes);
    const expected = fromBinary(FunctionProtoSchema, bytes).attributeProto;
    read.attributeProto.forEach(({ source }, at) => {
      expect(fromBinary(AttributeProtoSchema, source), `seed ${seed}`).toEqual(expected[at]);
      kept++;
    });
  }
  expect(kept).toBeGreaterThan(messages / 10);
});

test('every field that is read is one of onnx.proto, of the same kind', () => {
  const seen = new Set<Message<object>>();
  const compare = (message: Message<object>, described: DescMessage): void => {
    if (seen.has(message)) return;
    seen.add(message);
    for (const [number, field] of message.fields) {
      const known = described.fields.find((each) => each.number === number);
      expect(known?.name, `${described.name}.${field.name}`).toBe(field.name);
      expect(known?.fieldKind === 'list').toBe(field.isList);
      if (typeof field.kind === 'function' && known?.message !== undefined && field.kind().fields.size > 0)
        compare(field.kind(), known.message);
      if (typeof field.kind === 'object')
        expect(known?.enum?.values.map(({ name, number: value }) => [name, value]).sort()).toEqual(
          Object.entries(field.kind).sort(),
        );
    }
  };
  compare(modelProto, ModelProtoSchema);
  expect(seen.size).toBe(13);
});
