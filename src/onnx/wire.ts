// A look over protobuf bytes before they are decoded. The runtime trusts two things that a hostile or truncated file
// gets wrong: that a message ends within its parent, and that the objects built from the file fit into memory
// (two bytes make an empty node of half a kilobyte, and as much again in our graph).
// This walk allocates next to nothing and skips over weights.
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { invalid, unsupported } from './errors.js';

/** Generous estimates of heap bytes per decoded item, and what all of them together may take. */
const heapBytes = { message: 1024, text: 128, number: 40, packedNumber: 16, packedLong: 40 };
const HEAP_LIMIT = 2 ** 30;
const MAX_DEPTH = 100;
const wireTypes = { varint: 0, bit64: 1, delimited: 2, bit32: 5 } as const;

type Walk = { readonly bytes: Uint8Array; readonly file: string; at: number; heap: number };
/** The message being walked: where it ends, and how many messages are around it. */
type Frame = { readonly message: DescMessage; readonly end: number; readonly depth: number };

/** Throws unless `bytes` has the structure of the message, with every length inside its parent. */
export function checkWire(message: DescMessage, bytes: Uint8Array, file: string): void {
  walkMessage({ bytes, file, at: 0, heap: 0 }, { message, end: bytes.length, depth: 0 });
}

function walkMessage(walk: Walk, frame: Frame): void {
  const { message, end, depth } = frame;
  if (depth > MAX_DEPTH) throw broken(walk, `messages nest deeper than ${MAX_DEPTH} levels`);
  while (walk.at < end) {
    const tag = readVarint(walk, end);
    if (tag < 8 || tag >= 2 ** 32) throw broken(walk, `${message.name} holds a field without a number`);
    const field = fieldsOf(message).get(tag >>> 3);
    const wireType = tag & 7;
    if (field !== undefined && !accepts(field, wireType)) {
      throw broken(walk, `${message.name}.${field.name} has wire type ${wireType}`);
    }
    walkValue(walk, frame, field, wireType);
    if (walk.heap > HEAP_LIMIT) throw tooManyParts(walk);
  }
}

function walkValue(walk: Walk, frame: Frame, field: DescField | undefined, wireType: number): void {
  walk.heap += heapBytes.number;
  switch (wireType) {
    case wireTypes.varint:
      readVarint(walk, frame.end);
      break;
    case wireTypes.bit64:
      skip(walk, frame, field, 8);
      break;
    case wireTypes.bit32:
      skip(walk, frame, field, 4);
      break;
    case wireTypes.delimited: {
      const length = readVarint(walk, frame.end);
      const start = walk.at;
      skip(walk, frame, field, length);
      if (field !== undefined) walkDelimited(walk, field, start, frame.depth);
      break;
    }
    default:
      throw broken(walk, `wire type ${wireType} does not occur in ONNX`);
  }
}

/** `walk.at` is already behind the value, whose bytes lie inside the parent. */
function walkDelimited(walk: Walk, field: DescField, start: number, depth: number): void {
  if (field.message !== undefined) {
    const frame = { message: field.message, end: walk.at, depth: depth + 1 };
    walk.heap += heapBytes.message;
    walk.at = start;
    walkMessage(walk, frame);
  } else {
    walk.heap += isText(field.scalar) ? heapBytes.text : packedHeap(walk, field, start);
  }
}

/** Heap that the packed list from `start` to `walk.at` will take; its last number must end where the list does. */
function packedHeap(walk: Walk, field: DescField, start: number): number {
  const { bytes, at: end } = walk;
  const width = fixedWidths.get(field.scalar);
  const cut =
    width === undefined ? end > start && (bytes[end - 1] ?? 0) >= 0x80 : (end - start) % width !== 0;
  if (cut) throw broken(walk, `${field.name} ends within a number`);
  if (width !== undefined) return ((end - start) / width) * heapBytes.packedNumber;
  let count = 0;
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) < 0x80) count++;
  return count * (field.scalar === ScalarType.INT32 ? heapBytes.packedNumber : heapBytes.packedLong);
}

const isText = (scalar: ScalarType | undefined) =>
  scalar === ScalarType.STRING || scalar === ScalarType.BYTES;
/** Fixed-width numbers and their bytes; all others are varints. */
const fixedWidths = new Map<ScalarType | undefined, number>([
  [ScalarType.FLOAT, 4],
  [ScalarType.DOUBLE, 8],
]);

function accepts(field: DescField, wireType: number): boolean {
  if (field.message !== undefined || isText(field.scalar)) return wireType === wireTypes.delimited;
  if (wireType === wireTypes.delimited) return field.fieldKind === 'list';
  const width = fixedWidths.get(field.scalar);
  return wireType === (width === 4 ? wireTypes.bit32 : width === 8 ? wireTypes.bit64 : wireTypes.varint);
}

function skip(walk: Walk, { message, end }: Frame, field: DescField | undefined, length: number): void {
  if (length > end - walk.at) {
    const name = `${message.name}.${field?.name ?? 'an unknown field'}`;
    throw broken(walk, `${name} claims ${length} bytes where ${end - walk.at} are left`);
  }
  walk.at += length;
}

/** As a float64: exact below 2^53, which is beyond every length that can pass. */
function readVarint(walk: Walk, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 70 && walk.at < end; shift += 7) {
    const byte = walk.bytes[walk.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw broken(walk, 'a number is cut off or longer than 10 bytes');
}

const fieldMaps = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsOf(message: DescMessage): ReadonlyMap<number, DescField> {
  const known = fieldMaps.get(message);
  if (known !== undefined) return known;
  const fields = new Map(message.fields.map((field) => [field.number, field]));
  fieldMaps.set(message, fields);
  return fields;
}

const broken = (walk: Walk, problem: string) =>
  invalid(
    walk.file,
    `not an ONNX model, or a damaged one: at byte ${walk.at}, ${problem}`,
    'the file may be truncated or of another format: download or export it again',
  );

const tooManyParts = (walk: Walk) =>
  unsupported(
    walk.file,
    'has so many parts that decoding them would take more than 1 GiB beside the weights',
    'if this is a model, store its tensors as raw_data, not in typed fields',
  );
