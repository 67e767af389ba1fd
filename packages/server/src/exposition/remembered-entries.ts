/**
 * What a target's bodies consist of: the text of each series, and of each line of metadata or comment, with what is known
 * of it, and the order in which the last body had them. Owned by one ScrapeReader, which reads its arrays.
 */
import type { FamilyMetadata, FamilyType } from "./exposition-parser.ts";
import { grown, TextTable } from "./text-table.ts";

/** Kinds of entries: a series, one that the caller drops, a comment, help or unit, and a type. */
export const SAMPLE = 0;
export const DROPPED = 1;
const OTHER = 2;
export const TYPE = 3;

/** Entries that are no more are forgotten when they are more than those that are, and this many more. */
const SPARE_ENTRIES = 1024;

export class RememberedEntries<T> {
  table = new TextTable();
  /** By entry, as all arrays here but the orders: what it is. */
  kinds = new Uint8Array(this.table.starts.length);
  /** 1 if the entry's handle or metadata may be used: it was there in the last scrape, or is in this one. */
  #known = new Uint8Array(this.table.starts.length);
  /** The scrape that had it last. */
  seen = new Int32Array(this.table.starts.length);
  /** Where in that scrape's order it is. */
  places = new Int32Array(this.table.starts.length);
  /** What the caller has for a series. */
  handles: (T | undefined)[] = [];
  #metadata = new Map<number, FamilyMetadata>();

  /** The last scrape's entries, in the body's order. */
  order = new Int32Array(0);
  orderCount = 0;
  /** This scrape's entries. */
  newOrder = new Int32Array(0);
  newCount = 0;
  /** The place in the last scrape's order of what is likely to come next. */
  expected = 0;
  /** The last `# TYPE` line of this body; -1 before the first. */
  typeEntry = -1;
  /** Counts the scrapes. */
  scrape = 0;

  /** Whether all entries so far came as expected. */
  #followed = true;
  #duplicates: number[] = [];
  /** Entries that this scrape made known. */
  #made: number[] = [];

  begin(): void {
    this.scrape++;
    this.expected = 0;
    this.newCount = 0;
    this.typeEntry = -1;
    this.#followed = true;
    this.#duplicates = [];
    this.#made = [];
    if (this.newOrder.length < this.orderCount) this.newOrder = new Int32Array(this.orderCount);
  }

  /** The entry of this text, new or not. */
  find(source: Uint8Array, start: number, end: number): number {
    const entry = this.table.find(source, start, end);
    return entry === -1 ? this.#add(source, start, end) : entry;
  }

  /** Nothing is known of it but its text. */
  isNew(entry: number): boolean {
    return this.#known[entry] === 0;
  }

  isDropped(entry: number): boolean {
    return this.kinds[entry] === DROPPED;
  }

  /** Whether it was in this body already. */
  isSeen(entry: number): boolean {
    return this.seen[entry] === this.scrape;
  }

  setHandle(entry: number, handle: T | undefined): void {
    this.handles[entry] = handle;
    this.#makeKnown(entry, handle === undefined ? DROPPED : SAMPLE);
  }

  setMetadata(entry: number, metadata: FamilyMetadata | undefined): void {
    if (metadata !== undefined) this.#metadata.set(entry, metadata);
    this.#makeKnown(entry, metadata?.kind === "type" ? TYPE : OTHER);
  }

  typeOf(entry: number): FamilyType {
    return this.#metadata.get(entry)?.text as FamilyType; // of a `# TYPE` line, and so a type
  }

  /** The body has it here; what followed it in the last scrape is likely to follow now. */
  take(entry: number): void {
    if (this.order[this.expected] !== entry || this.expected >= this.orderCount) this.#followed = false;
    const place = this.places[entry] ?? 0;
    if (place < this.orderCount && this.order[place] === entry) this.expected = place + 1;
    if (this.newCount === this.newOrder.length) this.newOrder = grown(this.newOrder, 2 * this.newCount + 16);
    this.seen[entry] = this.scrape;
    this.places[entry] = this.newCount;
    this.newOrder[this.newCount++] = entry;
  }

  addDuplicate(entry: number): void {
    this.#duplicates.push(entry);
  }

  /** The series that this body had too often. */
  duplicates(): T[] {
    return this.#duplicates.map((entry) => this.handles[entry]).filter((handle) => handle !== undefined);
  }

  /** Takes this scrape as the last one; gives the series that went stale with it. */
  end(): T[] {
    const gone = new Set<number>();
    // Line by line as the last one: then nothing is gone.
    const isSame = this.#followed && this.expected === this.orderCount;
    if (!isSame) {
      for (const entry of this.order.subarray(0, this.orderCount)) if (!this.isSeen(entry)) gone.add(entry);
    }
    [this.order, this.newOrder] = [this.newOrder, this.order];
    this.orderCount = this.newCount;
    if (gone.size === 0) return [];
    const stale = this.#staleHandles(gone);
    this.#forget(gone);
    if (this.table.count > 2 * this.orderCount + SPARE_ENTRIES) this.#compact();
    return stale;
  }

  /** The body was bad: the scrape before stays the last one. */
  abandon(): void {
    this.#forget(this.#made);
  }

  metadata(): FamilyMetadata[] {
    const lines = [...this.order.subarray(0, this.orderCount)].map((entry) => this.#metadata.get(entry));
    return lines.filter((line) => line !== undefined);
  }

  /** A series may be written in another way than before: then it is still there, and not stale. */
  #staleHandles(gone: ReadonlySet<number>): T[] {
    const handles = new Set([...gone].map((entry) => this.handles[entry]).filter((handle) => handle !== undefined));
    if (handles.size > 0) {
      for (const entry of this.order.subarray(0, this.orderCount)) {
        const handle = this.handles[entry];
        if (handle !== undefined) handles.delete(handle);
      }
    }
    return [...handles];
  }

  #forget(entries: Iterable<number>): void {
    for (const entry of entries) {
      this.#known[entry] = 0;
      this.handles[entry] = undefined;
      this.#metadata.delete(entry);
    }
  }

  #makeKnown(entry: number, kind: number): void {
    this.#known[entry] = 1;
    this.kinds[entry] = kind;
    this.#made.push(entry);
  }

  #add(source: Uint8Array, start: number, end: number): number {
    const entry = this.table.add(source, start, end);
    this.handles[entry] = undefined;
    if (entry >= this.kinds.length) {
      const size = this.table.starts.length;
      this.seen = grown(this.seen, size);
      this.places = grown(this.places, size);
      this.kinds = grownBytes(this.kinds, size);
      this.#known = grownBytes(this.#known, size);
    }
    return entry;
  }

  /** Keeps only what the last scrape had, under new numbers. */
  #compact(): void {
    const old = { ...this, known: this.#known, metadata: this.#metadata };
    this.table = new TextTable();
    this.kinds = new Uint8Array(this.table.starts.length);
    this.#known = new Uint8Array(this.table.starts.length);
    this.seen = new Int32Array(this.table.starts.length);
    this.places = new Int32Array(this.table.starts.length);
    this.handles = [];
    this.#metadata = new Map();
    for (let place = 0; place < this.orderCount; place++) {
      const before = old.order[place] ?? 0;
      const start = old.table.starts[before] ?? 0;
      const entry = this.find(old.table.bytes, start, start + (old.table.lengths[before] ?? 0));
      this.kinds[entry] = old.kinds[before] ?? OTHER;
      this.#known[entry] = old.known[before] ?? 0;
      this.seen[entry] = this.scrape;
      this.places[entry] = place;
      this.handles[entry] = old.handles[before];
      const metadata = old.metadata.get(before);
      if (metadata !== undefined) this.#metadata.set(entry, metadata);
      this.order[place] = entry;
    }
  }
}

function grownBytes(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length);
  longer.set(array);
  return longer;
}
