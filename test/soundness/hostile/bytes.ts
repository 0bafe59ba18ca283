// Damage to the bytes of a file that knows nothing of their meaning.
import type { Draw } from '../../helpers/draw.js';

type Damage = (bytes: Uint8Array, draw: Draw) => Uint8Array;

const flipBits: Damage = (bytes, draw) => {
  const copy = bytes.slice();
  for (let count = draw.int(1, 6); count > 0; count--) {
    const at = draw.int(0, copy.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << draw.int(0, 7));
  }
  return copy;
};

const truncate: Damage = (bytes, draw) => bytes.slice(0, draw.int(0, bytes.length - 1));

const overwrite: Damage = (bytes, draw) => {
  const copy = bytes.slice();
  const at = draw.int(0, copy.length - 1);
  copy.fill(draw.pick([0, 0x7f, 0x80, 0xff]), at, at + draw.int(1, 16));
  return copy;
};

const cutOut: Damage = (bytes, draw) => {
  const at = draw.int(0, bytes.length - 1);
  return concatenated(bytes.subarray(0, at), bytes.subarray(at + draw.int(1, 40)));
};

const repeat: Damage = (bytes, draw) => {
  const from = draw.int(0, bytes.length - 1);
  const to = from + draw.int(1, 400);
  return concatenated(bytes.subarray(0, to), bytes.subarray(from));
};

function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export const damages = { flipBits, truncate, overwrite, cutOut, repeat } satisfies Record<string, Damage>;
