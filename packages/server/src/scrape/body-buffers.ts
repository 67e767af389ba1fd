/**
 * Buffers that bodies are gathered in, used again and again: a body is read as soon as it is complete, so a few buffers serve
 * all targets, and nothing is left for the garbage collector.
 */

/** Larger ones are not kept, bytes. */
const MAX_KEPT_BYTES = 4 * 2 ** 20;

/** How many are kept while nobody has them. */
const MAX_KEPT = 8;

const FIRST_BYTES = 64 * 2 ** 10;

export class BodyBuffers {
  readonly #free: Buffer[] = [];

  /** At least so large. Whoever takes it gives it back. */
  take(bytes: number): Buffer {
    const kept = this.#free.pop();
    if (kept !== undefined && kept.length >= bytes) return kept;
    let size = kept?.length ?? FIRST_BYTES;
    while (size < bytes) size *= 2;
    return Buffer.allocUnsafeSlow(size);
  }

  give(buffer: Buffer): void {
    if (buffer.length <= MAX_KEPT_BYTES && this.#free.length < MAX_KEPT) this.#free.push(buffer);
  }
}

/** One body while it arrives. */
export class GrowingBody {
  readonly #buffers: BodyBuffers;
  #buffer: Buffer | undefined;
  #length = 0;

  constructor(buffers: BodyBuffers, expectedBytes: number) {
    this.#buffers = buffers;
    this.#buffer = buffers.take(expectedBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** What has arrived; valid until {@link release}. */
  get bytes(): Buffer {
    return this.#buffer?.subarray(0, this.#length) ?? Buffer.alloc(0);
  }

  add(chunk: Buffer): void {
    if (this.#buffer === undefined) return;
    if (this.#length + chunk.length > this.#buffer.length) {
      const larger = this.#buffers.take(Math.max(2 * this.#buffer.length, this.#length + chunk.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffers.give(this.#buffer);
      this.#buffer = larger;
    }
    chunk.copy(this.#buffer, this.#length);
    this.#length += chunk.length;
  }

  /** Once: the buffer is someone else's from then on. */
  release(): void {
    if (this.#buffer !== undefined) this.#buffers.give(this.#buffer);
    this.#buffer = undefined;
    this.#length = 0;
  }
}
