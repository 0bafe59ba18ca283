// Protobuf by parts: weights are referred to until the end and copied once, straight into the result.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export type Chunks = readonly Uint8Array[];

export const sizeOfChunks = (chunks: Chunks): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** A field that holds `content`: a message, or bytes. */
export function delimited(fieldNumber: number, content: Chunks): Chunks {
  const prefix = new BinaryWriter().tag(fieldNumber, WireType.LengthDelimited).uint32(sizeOfChunks(content));
  return [prefix.finish(), ...content];
}

export function joined(chunks: Chunks): Uint8Array {
  const bytes = new Uint8Array(sizeOfChunks(chunks));
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}
