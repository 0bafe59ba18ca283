// Protobuf messages, written field by field: the generated encoder looks every field up by reflection, which takes longer than all else
// that is done to write a program of a thousand nodes.

/** Grows as it is written to. Fields must come in the order of their numbers, as the generated encoder has them. */
export class ProtoWriter {
  #bytes = Buffer.alloc(1024);
  #length = 0;

  /** What was written, and nothing else. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  text(field: number, value: string): void {
    const size = Buffer.byteLength(value);
    this.#varint(8 * field + 2);
    this.#varint(size);
    this.#reserve(size);
    this.#length += this.#bytes.write(value, this.#length);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#varint(8 * field + 2);
    this.#varint(value.length);
    this.raw(value);
  }

  /** Fields that are written already. */
  raw(fields: Uint8Array): void {
    this.#reserve(fields.length);
    this.#bytes.set(fields, this.#length);
    this.#length += fields.length;
  }

  /** An int32, int64 or enum. */
  integer(field: number, value: number | bigint): void {
    this.#varint(8 * field);
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) this.#varint(Number(value));
    else this.#varint64(BigInt.asUintN(64, BigInt(value)));
  }

  float(field: number, value: number): void {
    this.#varint(8 * field + 5);
    this.#reserve(4);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  /** A field whose content `write` appends. */
  message(field: number, write: () => void): void {
    this.#varint(8 * field + 2);
    this.#reserve(1);
    const start = ++this.#length;
    write();
    const size = this.#length - start;
    const more = varintLength(size) - 1;
    // Before the length goes back: what is behind it would not move to a larger array.
    this.#reserve(more + longestVarint);
    // Nearly all messages are shorter than 128 bytes, whose length takes one.
    if (more > 0) this.#bytes.copyWithin(start + more, start, this.#length);
    this.#length = start - 1;
    this.#varint(size);
    this.#length += size;
  }

  #varint(value: number): void {
    this.#reserve(longestVarint);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  #varint64(value: bigint): void {
    this.#reserve(longestVarint);
    let rest = value;
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) + 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Bytes of the longest number. */
const longestVarint = 10;

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
