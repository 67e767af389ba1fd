/** Bytes that grow as they are written. One writer is used again and again: `take()` copies out and begins anew. */

const FIRST_CAPACITY = 4096;

const floats = new DataView(new ArrayBuffer(8));

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, low ones first. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number of either sign, its size below 2^52. */
  signedVarint(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  float64(value: number): void {
    this.reserve(8);
    floats.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.#bytes[this.#length++] = floats.getUint8(i);
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.reserve(size);
    this.#length += this.#bytes.write(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Of eight bytes only those between zeros, after a byte that says how many are left out below and how many stand here. */
  difference(low: number, high: number): void {
    this.reserve(9);
    let first = 0;
    let rest = low === 0 ? high : low;
    if (low === 0) first = 4;
    while (first < 8 && (rest & 0xff) === 0 && rest !== 0) {
      first += 1;
      rest >>>= 8;
    }
    const end = high === 0 ? 4 - (Math.clz32(low) >>> 3) : 8 - (Math.clz32(high) >>> 3);
    if (low === 0 && high === 0) first = end;
    this.#bytes[this.#length++] = (first << 4) | (end - first);
    for (let i = first; i < end; i++) {
      this.#bytes[this.#length++] = (i < 4 ? low >>> (8 * i) : high >>> (8 * (i - 4))) & 0xff;
    }
  }

  /** Sets one bit among bytes that were written before. */
  setBit(from: number, bit: number): void {
    const at = from + (bit >>> 3);
    this.#bytes[at] = (this.#bytes[at] as number) | (1 << (bit & 7));
  }

  /** Room for `size` bytes, to be filled by the caller at once. */
  fill(size: number): Uint8Array {
    this.reserve(size);
    const part = this.#bytes.subarray(this.#length, this.#length + size);
    this.#length += size;
    return part;
  }

  reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** What was written so far; valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** A copy of what was written, after which the writer is empty. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.view());
    this.#length = 0;
    return taken;
  }
}
