/**
 * Journal entries of what outsiders can cause at will: so many of a kind are written, the others are counted and written as one. A
 * flood of wrong tokens fills neither the journal nor the disk.
 */
import type { JournalNote } from "@haltwatch/guard";
import type { Clock } from "../scrape/clock.ts";

/** For so long a kind is counted, milliseconds. */
const WINDOW_MS = 60_000;

/** Of each kind, so many are written in a window. */
const MOST_WRITTEN = 10;

/** Most kinds at a time; all others are one. */
const MAX_KINDS = 200;

const OTHERS = "others";

interface Counted {
  written: number;
  folded: number;
  /** The last that was not written. */
  last: JournalNote | undefined;
  cancel: () => void;
}

export class FoldedNotes implements Disposable {
  readonly #write: (note: JournalNote) => void;
  readonly #clock: Clock;
  readonly #counted = new Map<string, Counted>();

  /** @param write into the journal; does not throw */
  constructor(write: (note: JournalNote) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /** @param kind what it is counted with: not of an outsider's choice */
  add(kind: string, note: JournalNote): void {
    const key = this.#counted.has(kind) || this.#counted.size < MAX_KINDS ? kind : OTHERS;
    let counted = this.#counted.get(key);
    if (counted === undefined) {
      counted = { written: 0, folded: 0, last: undefined, cancel: this.#clock.after(WINDOW_MS, () => this.#end(key)) };
      this.#counted.set(key, counted);
    }
    if (counted.written < MOST_WRITTEN) {
      counted.written += 1;
      this.#write(note);
      return;
    }
    counted.folded += 1;
    counted.last = note;
  }

  /** Writes what is counted. */
  [Symbol.dispose](): void {
    for (const key of [...this.#counted.keys()]) this.#end(key);
  }

  #end(key: string): void {
    const counted = this.#counted.get(key);
    if (counted === undefined) return;
    counted.cancel();
    this.#counted.delete(key);
    const { last, folded } = counted;
    if (last === undefined) return;
    const what = `${folded} more like this within ${WINDOW_MS / 1000} s, the last: ${last.what}`;
    this.#write({ ...last, what, data: { ...last.data, folded } });
  }
}
