// ONNX keeps strings of attributes and tensors as bytes that should be, and sometimes are not, UTF-8.

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** undefined where the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export const encodeText = (text: string): Uint8Array => encoder.encode(text);
