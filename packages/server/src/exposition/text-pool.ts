/** Strings of bytes, made once for the same bytes: a target repeats its labels' names, and most values, in each series. */
import { TextTable } from "./text-table.ts";

/** Past these, texts are made anew each time: a target with a value of its own for each series must not fill memory. */
const MAX_TEXTS = 4096;
/** Longer ones are hardly ever repeated. */
const MAX_LENGTH = 64;

export class TextPool {
  readonly #table = new TextTable();
  readonly #texts: string[] = [];

  /** The text from `start` to `end`, malformed UTF-8 replaced. */
  text(source: Buffer, start: number, end: number): string {
    if (end - start > MAX_LENGTH) return source.toString("utf8", start, end);
    const number = this.#table.find(source, start, end);
    if (number !== -1) return this.#texts[number] ?? "";
    const text = source.toString("utf8", start, end);
    if (this.#table.count < MAX_TEXTS) this.#texts[this.#table.add(source, start, end)] = text;
    return text;
  }
}
