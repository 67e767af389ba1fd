/** Reads what a `ByteWriter` wrote. Whatever the bytes are, it ends with a value or a `CorruptError`. */

/** Bytes that do not mean anything. */
export class CorruptError extends Error {
  override readonly name = "CorruptError";
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new CorruptError(`ends at byte ${this.#at}, where more was to come`);
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value <= Number.MAX_SAFE_INTEGER) return value;
        break;
      }
      factor *= 0x80;
    }
    throw new CorruptError(`no whole number at byte ${this.#at}`);
  }

  /** A varint that counts something of which there cannot be more than `limit`. */
  count(limit: number): number {
    const value = this.varint();
    if (value > limit) throw new CorruptError(`${value} where at most ${limit} can be`);
    return value;
  }

  signedVarint(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float64(): number {
    if (this.left < 8) throw new CorruptError(`ends at byte ${this.#at}, where a number was to come`);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  text(): string {
    return Buffer.from(this.bytes(this.count(this.left))).toString();
  }

  bytes(size: number): Uint8Array {
    if (size > this.left) throw new CorruptError(`ends at byte ${this.#at}, where ${size} bytes were to come`);
    const part = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return part;
  }
}
