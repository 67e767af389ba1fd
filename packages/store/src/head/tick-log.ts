/**
 * What is added to a growing block, as bytes: committed once a second, read back after a crash. Of a row only what changed is
 * written, as the bytes in which it differs from the row before.
 */
import { type ByteReader, CorruptError } from "../encoding/byte-reader.ts";
import type { ByteWriter } from "../encoding/byte-writer.ts";
import { ABSENT, PRESENT, STALE } from "../encoding/marks.ts";

/** One row over all slots. */
export class Row {
  values = new Float64Array(0);
  /** The values' bits. */
  words = new Uint32Array(0);
  /** PRESENT, STALE or ABSENT. */
  states = new Uint8Array(0);
  size = 0;

  /** Room for this many slots; new ones are absent. */
  resize(size: number): void {
    if (size > this.states.length) {
      const capacity = Math.max(size, this.states.length * 2, 32);
      const values = new Float64Array(capacity);
      values.set(this.values);
      const states = new Uint8Array(capacity).fill(ABSENT);
      states.set(this.states);
      this.values = values;
      this.words = new Uint32Array(values.buffer);
      this.states = states;
    }
    this.size = size;
  }

  clear(): void {
    this.states.fill(ABSENT);
    this.values.fill(0);
  }
}

/** What a log tells, in its order. */
export interface LogTarget {
  /** The next slot is this series'. */
  addSlot(ref: number): void;
  tick(timeMs: number): void;
  set(slot: number, value: number, isStale: boolean): void;
  addLoose(slot: number, timeMs: number, value: number, isStale: boolean): void;
}

const SLOT = 1;
const TICK = 2;
const LOOSE = 3;
const ANEW = 4;

/** In the place of a difference's shape. */
const WENT_STALE = 0xf0;
const WENT_AWAY = 0xf1;

/** Most slots of a block: a bound for what is read. */
const MAX_SLOTS = 2 ** 24;

export function logSlot(writer: ByteWriter, ref: number): void {
  writer.byte(SLOT);
  writer.varint(ref);
}

/** From here on rows are told as if there had been none before: what it was is not known to whoever goes on with the log. */
export function logAnew(writer: ByteWriter): void {
  writer.byte(ANEW);
}

/** @param before the row before this one; afterwards it is this one */
export function logTick(writer: ByteWriter, timeMs: number, row: Row, before: Row): void {
  const { size, words, states } = row;
  before.resize(size);
  writer.byte(TICK);
  writer.signedVarint(timeMs);
  writer.varint(size);
  const changedAt = writer.length;
  writer.fill(Math.ceil(size / 8)).fill(0);
  const [wordsBefore, statesBefore] = [before.words, before.states];
  for (let slot = 0; slot < size; slot++) {
    const state = states[slot] as number; // slots are within size
    const low = words[2 * slot] as number;
    const high = words[2 * slot + 1] as number;
    const lowDifference = (low ^ (wordsBefore[2 * slot] as number)) >>> 0;
    const highDifference = (high ^ (wordsBefore[2 * slot + 1] as number)) >>> 0;
    if (state === statesBefore[slot]) {
      if (state !== PRESENT || (lowDifference === 0 && highDifference === 0)) continue;
    }
    statesBefore[slot] = state;
    writer.setBit(changedAt, slot);
    if (state === STALE) writer.byte(WENT_STALE);
    else if (state === ABSENT) writer.byte(WENT_AWAY);
    else {
      writer.difference(lowDifference, highDifference);
      wordsBefore[2 * slot] = low;
      wordsBefore[2 * slot + 1] = high;
    }
  }
}

export function logLoose(writer: ByteWriter, slot: number, timeMs: number, value: number, isStale: boolean): void {
  writer.byte(LOOSE);
  writer.varint(slot);
  writer.signedVarint(timeMs);
  writer.byte(isStale ? STALE : PRESENT);
  if (!isStale) writer.float64(value);
}

/** Reads the logs of one block, one after the other. @throws {CorruptError} */
export class LogReader {
  readonly #target: LogTarget;
  readonly #row = new Row();

  constructor(target: LogTarget) {
    this.#target = target;
  }

  read(reader: ByteReader): void {
    while (reader.left > 0) {
      const kind = reader.byte();
      if (kind === SLOT) this.#target.addSlot(reader.varint());
      else if (kind === TICK) this.#readTick(reader);
      else if (kind === ANEW) this.#row.clear();
      else if (kind === LOOSE) {
        const slot = reader.count(MAX_SLOTS);
        const timeMs = reader.signedVarint();
        const isStale = reader.byte() === STALE;
        this.#target.addLoose(slot, timeMs, isStale ? Number.NaN : reader.float64(), isStale);
      } else throw new CorruptError(`no record is of kind ${kind}`);
    }
  }

  #readTick(reader: ByteReader): void {
    const timeMs = reader.signedVarint();
    const size = reader.count(MAX_SLOTS);
    const changed = reader.bytes(Math.ceil(size / 8));
    const row = this.#row;
    row.resize(size);
    this.#target.tick(timeMs);
    for (let slot = 0; slot < size; slot++) {
      if (((changed[slot >>> 3] as number) & (1 << (slot & 7))) !== 0) readChange(reader, row, slot);
      const state = row.states[slot] as number; // just made room for
      if (state !== ABSENT)
        this.#target.set(slot, state === STALE ? Number.NaN : (row.values[slot] as number), state === STALE);
    }
  }
}

function readChange(reader: ByteReader, row: Row, slot: number): void {
  const shape = reader.byte();
  if (shape === WENT_STALE || shape === WENT_AWAY) {
    row.states[slot] = shape === WENT_STALE ? STALE : ABSENT;
    return;
  }
  const [skipped, size] = [shape >> 4, shape & 15];
  if (skipped + size > 8) throw new CorruptError(`a difference of ${skipped} and ${size} bytes`);
  let low = 0;
  let high = 0;
  for (let i = skipped; i < skipped + size; i++) {
    if (i < 4) low |= reader.byte() << (8 * i);
    else high |= reader.byte() << (8 * (i - 4));
  }
  row.states[slot] = PRESENT;
  row.words[2 * slot] = (row.words[2 * slot] as number) ^ low;
  row.words[2 * slot + 1] = (row.words[2 * slot + 1] as number) ^ high;
}
