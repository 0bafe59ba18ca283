// A look over protobuf bytes before they are decoded. The runtime trusts two things that a hostile or truncated file
// gets wrong: that a message ends within its parent, and that the objects built from the file fit into memory
// (two bytes make an empty node of half a kilobyte, and as much again in our graph).
// This walk allocates next to nothing and skips over weights.
import { invalid, unsupported } from './errors.js';
import type { Field, Kind, Message } from './proto-fields.js';

/** Generous estimates of heap bytes per decoded item, and what all of them together may take. */
const heapBytes = { message: 1024, text: 128, number: 40, packedNumber: 16, packedLong: 40 };
const HEAP_LIMIT = 2 ** 30;
const MAX_DEPTH = 100;
const wireTypes = { varint: 0, bit64: 1, delimited: 2, bit32: 5 } as const;

type Walk = { readonly bytes: Uint8Array; readonly file: string; at: number; heap: number };
/** The message being walked: where it ends, and how many messages are around it. */
type Frame = { readonly message: Message<object>; readonly end: number; readonly depth: number };

/** Throws unless `bytes` has the structure of the message, with every length inside its parent. */
export function checkWire(message: Message<object>, bytes: Uint8Array, file: string): void {
  walkMessage({ bytes, file, at: 0, heap: 0 }, { message, end: bytes.length, depth: 0 });
}

function walkMessage(walk: Walk, frame: Frame): void {
  const { message, end, depth } = frame;
  if (depth > MAX_DEPTH) throw broken(walk, `messages nest deeper than ${MAX_DEPTH} levels`);
  while (walk.at < end) {
    const tag = readVarint(walk, end);
    if (tag < 8 || tag >= 2 ** 32) throw broken(walk, `${message.name} holds a field without a number`);
    const field = message.fields.get(tag >>> 3);
    const wireType = tag & 7;
    if (field !== undefined && !accepts(field, wireType)) {
      throw broken(walk, `${message.name}.${field.name} has wire type ${wireType}`);
    }
    walkValue(walk, frame, field, wireType);
    if (walk.heap > HEAP_LIMIT) throw tooManyParts(walk);
  }
}

function walkValue(walk: Walk, frame: Frame, field: Field | undefined, wireType: number): void {
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
function walkDelimited(walk: Walk, field: Field, start: number, depth: number): void {
  if (typeof field.kind === 'function') {
    const frame = { message: field.kind(), end: walk.at, depth: depth + 1 };
    walk.heap += heapBytes.message;
    walk.at = start;
    walkMessage(walk, frame);
  } else {
    walk.heap += isText(field.kind) ? heapBytes.text : packedHeap(walk, field, start);
  }
}

/** Heap that the packed list from `start` to `walk.at` will take; its last number must end where the list does. */
function packedHeap(walk: Walk, field: Field, start: number): number {
  const { bytes, at: end } = walk;
  const width = widthOf(field.kind);
  const cut =
    width === undefined ? end > start && (bytes[end - 1] ?? 0) >= 0x80 : (end - start) % width !== 0;
  if (cut) throw broken(walk, `${field.name} ends within a number`);
  if (width !== undefined) return ((end - start) / width) * heapBytes.packedNumber;
  let count = 0;
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) < 0x80) count++;
  return count * (field.kind === 'int32' ? heapBytes.packedNumber : heapBytes.packedLong);
}

const isText = (kind: Kind) => kind === 'string' || kind === 'bytes';
/** Bytes of a fixed-width number; undefined for varints. */
const widthOf = (kind: Kind) => (kind === 'float' ? 4 : kind === 'double' ? 8 : undefined);

function accepts(field: Field, wireType: number): boolean {
  if (typeof field.kind === 'function' || isText(field.kind)) return wireType === wireTypes.delimited;
  if (wireType === wireTypes.delimited) return field.isList;
  const width = widthOf(field.kind);
  return wireType === (width === 4 ? wireTypes.bit32 : width === 8 ? wireTypes.bit64 : wireTypes.varint);
}

function skip(walk: Walk, { message, end }: Frame, field: Field | undefined, length: number): void {
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
