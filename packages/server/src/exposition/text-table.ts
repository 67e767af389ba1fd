/** Texts of bytes, each once, by number: 0 for the first, and so on. Kept in one buffer, found by their hash. */

/** An offset basis and a prime, as Fowler, Noll and Vo chose them: FNV-1a. */
const HASH_BASIS = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

const FIRST_TEXTS = 64;
const FIRST_BYTES = 4096;

export class TextTable {
  /** How many there are. */
  count = 0;
  /** All texts, one behind the other. It and {@link view} are replaced when they grow. */
  bytes = new Uint8Array(FIRST_BYTES);
  view = new DataView(this.bytes.buffer);
  /** By number: where the text begins in {@link bytes}. */
  starts = new Int32Array(FIRST_TEXTS);
  /** By number: its length. */
  lengths = new Int32Array(FIRST_TEXTS);
  #hashes = new Int32Array(FIRST_TEXTS);
  #used = 0;
  /** Numbers plus one by their hash, by open addressing; 0 for a free place. At most half full. */
  #places = new Int32Array(2 * FIRST_TEXTS);

  /** The number of the text from `start` to `end`; -1 if it is not here. */
  find(source: Uint8Array, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const mask = this.#places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = (this.#places[place] ?? 0) - 1;
      if (number === -1) return -1;
      if (this.#hashes[number] === hash && this.#isText(number, source, start, end)) return number;
    }
  }

  /** Takes a text that is not here; gives its number. */
  add(source: Uint8Array, start: number, end: number): number {
    const number = this.count;
    if (number === this.starts.length) this.#growNumbers();
    if (this.#used + end - start > this.bytes.length) this.#growBytes(end - start);
    this.bytes.set(source.subarray(start, end), this.#used);
    this.starts[number] = this.#used;
    this.lengths[number] = end - start;
    this.#hashes[number] = hashOf(source, start, end);
    this.#used += end - start;
    this.count++;
    this.#put(number);
    return number;
  }

  #isText(number: number, source: Uint8Array, start: number, end: number): boolean {
    if (this.lengths[number] !== end - start) return false;
    const own = this.starts[number] ?? 0;
    for (let i = 0; i < end - start; i++) if (this.bytes[own + i] !== source[start + i]) return false;
    return true;
  }

  #put(number: number): void {
    const mask = this.#places.length - 1;
    let place = (this.#hashes[number] ?? 0) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = number + 1;
  }

  #growNumbers(): void {
    const size = 2 * this.starts.length;
    this.starts = grown(this.starts, size);
    this.lengths = grown(this.lengths, size);
    this.#hashes = grown(this.#hashes, size);
    this.#places = new Int32Array(2 * size);
    for (let number = 0; number < this.count; number++) this.#put(number);
  }

  #growBytes(more: number): void {
    const bytes = new Uint8Array(Math.max(2 * this.bytes.length, this.#used + more));
    bytes.set(this.bytes.subarray(0, this.#used));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** The same numbers in a longer array. */
export function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}

/** Its upper bits are mixed in the lower ones, which choose the place. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_BASIS | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), HASH_PRIME);
  return hash ^ (hash >>> 15);
}
