// Protobuf messages, read by tables of their fields. Numbers, texts and lengths are read by the library's own reader; what it reads whole
// messages with takes 40 ms to start, which is a tenth of a short run.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Field, Message, Scalar } from './proto-fields.js';

const readers: Readonly<Record<Scalar, (reader: BinaryReader) => unknown>> = {
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes(),
  int32: (reader) => reader.int32(),
  int64: (reader) => BigInt(reader.int64()),
  uint64: (reader) => BigInt(reader.uint64()),
  float: (reader) => reader.float(),
  double: (reader) => reader.double(),
};

/** The bytes of a message, and where in them it is read. */
type Source = { readonly bytes: Uint8Array; readonly reader: BinaryReader };
type Draft = Record<string, unknown>;

/**
 * A message that `checkWire` has nothing against. As every reader of protobuf: fields of other numbers are passed over, of one that occurs
 * twice the last counts, messages that do are merged. Bytes are views of `bytes`.
 */
export function readMessage<T extends object>(message: Message<T>, bytes: Uint8Array): T {
  return filled(message, message.create(), { bytes, reader: new BinaryReader(bytes) }, bytes.length);
}

function filled<T extends object>(message: Message<T>, made: T, source: Source, end: number): T {
  const { reader } = source;
  const draft = made as Draft;
  if (message.keepsSource) draft.source = source.bytes.subarray(reader.pos, end);
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = message.fields.get(number);
    if (field === undefined) reader.skip(wireType, number);
    else if (field.isList && wireType === WireType.LengthDelimited && isNumber(field))
      readPacked(draft, field, source);
    else put(draft, field, read(draft, field, source));
  }
  return made;
}

const isNumber = ({ kind }: Field): boolean =>
  typeof kind === 'string' && kind !== 'string' && kind !== 'bytes';

function readPacked(draft: Draft, field: Field, source: Source): void {
  const { reader } = source;
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) put(draft, field, read(draft, field, source));
}

/** undefined for a number that the field's enum does not have. */
function read(draft: Draft, field: Field, source: Source): unknown {
  const { kind } = field;
  const { reader } = source;
  if (typeof kind === 'string') return readers[kind](reader);
  if (typeof kind === 'function') {
    const nested = kind();
    const end = reader.uint32() + reader.pos;
    return filled(nested, earlier(draft, field) ?? nested.create(), source, end);
  }
  const number = reader.int32();
  return Object.values(kind).includes(number) ? number : undefined;
}

/** The message that another one of the same field is merged into. */
function earlier(draft: Draft, { key, isList, oneOf }: Field): object | undefined {
  if (isList) return undefined;
  if (oneOf === undefined) return draft[key] as object | undefined;
  const known = draft[oneOf] as { readonly case?: string; readonly value?: object };
  return known.case === key ? known.value : undefined;
}

function put(draft: Draft, { key, isList, oneOf }: Field, value: unknown): void {
  if (value === undefined) return;
  if (isList) (draft[key] as unknown[]).push(value);
  else if (oneOf !== undefined) draft[oneOf] = { case: key, value };
  else draft[key] = value;
}
