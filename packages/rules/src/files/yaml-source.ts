/**
 * Reads YAML as Go's decoder does for Prometheus: strict keys, any scalar where text is wanted, and every mistake with
 * its place. It collects mistakes instead of stopping at the first.
 */
import { formatDuration, parseDuration } from "@haltwatch/promql";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
} from "yaml";

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlFault extends Position {
  readonly message: string;
}

/** Largest file, characters: Prometheus has no limit, and nobody has so many rules. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Most aliases followed in one file: each use of a long list would count it again. */
const MAX_ALIASES = 10_000;

/** A mapping's value, with its key's place. */
interface Entry {
  readonly key: Node;
  readonly value: Node | undefined;
}

export type Entries = ReadonlyMap<string, Entry>;

const NO_ENTRIES: Entries = new Map();

/** One YAML document: the first of the text, as Prometheus reads only that. */
export class YamlSource {
  readonly text: string;
  readonly faults: YamlFault[] = [];
  readonly root: Node | undefined;
  readonly #document: Document.Parsed | undefined;
  readonly #lines = new LineCounter();
  #aliases = 0;

  constructor(text: string) {
    this.text = text;
    if (text.length > MAX_CHARACTERS) {
      this.faults.push({ line: 1, column: 1, message: `the file is longer than ${MAX_CHARACTERS} characters` });
      return;
    }
    try {
      const documents = parseAllDocuments(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: "error" });
      this.#document = "empty" in documents ? undefined : documents[0];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.faults.push({ line: 1, column: 1, message: "yaml: it is nested too deeply" });
    }
    for (const error of this.#document?.errors ?? []) {
      this.faults.push({ ...this.positionAt(error.pos[0]), message: `yaml: ${error.message}` });
    }
    this.root = this.#document?.contents ?? undefined;
  }

  /** Where an offset is. */
  positionAt(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  positionOf(node: Node | undefined): Position {
    return node?.range == null ? { line: 1, column: 1 } : this.positionAt(node.range[0]);
  }

  fault(node: Node | undefined, message: string): void {
    this.faults.push({ ...this.positionOf(node), message });
  }

  /** A mapping's entries; keys that are not known are faults. Merge keys (`<<`) count as written out. */
  entries(node: Node | undefined, what: string, known?: ReadonlySet<string>): Entries {
    const mapping = this.#resolved(node);
    if (isNull(mapping)) return NO_ENTRIES;
    if (!isMap(mapping)) {
      this.fault(mapping, `cannot read ${shapeOf(mapping)} as ${what}`);
      return NO_ENTRIES;
    }
    const entries = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const pair of mapping.items) {
      const key = pair.key as Node; // the parser puts nodes there
      const value = (pair.value ?? undefined) as Node | undefined;
      const name = isScalar(key) ? textOf(key) : undefined;
      if (name === undefined) this.fault(key, `cannot read ${shapeOf(key)} as a key of ${what}`);
      else if (name === "<<") merged.push({ key, value });
      else if (known !== undefined && !known.has(name)) this.fault(key, `field ${name} not found in ${what}`);
      else entries.set(name, { key, value });
    }
    for (const { value } of merged) {
      const sources = this.#resolved(value);
      for (const source of isSeq(sources) ? sources.items : [sources]) {
        for (const [name, entry] of this.entries(source as Node, what, known)) {
          if (!entries.has(name)) entries.set(name, entry);
        }
      }
    }
    return entries;
  }

  sequence(node: Node | undefined, what: string): Node[] {
    const list = this.#resolved(node);
    if (isNull(list)) return [];
    if (isSeq(list)) return list.items as Node[];
    this.fault(list, `cannot read ${shapeOf(list)} as ${what}`);
    return [];
  }

  /** Any scalar's text; nothing is empty text. */
  string(node: Node | undefined): string {
    return this.#scalar(node, "text") ?? "";
  }

  /** Milliseconds. */
  duration(node: Node | undefined): number | undefined {
    const text = this.#scalar(node, "a duration");
    if (text === undefined) return undefined;
    const ms = text === "0" ? 0 : parseDuration(text);
    if (ms === undefined) {
      const reason = text === "" ? "empty duration string" : `not a valid duration string: ${JSON.stringify(text)}`;
      this.fault(node, `${reason}; one is written like ${formatDuration(90_000)}`);
    }
    return ms;
  }

  integer(node: Node | undefined): number | undefined {
    const text = this.#scalar(node, "a whole number");
    if (text === undefined) return undefined;
    if (/^[+-]?[\d_]+$/.test(text)) return Number(text.replaceAll("_", ""));
    this.fault(node, `${JSON.stringify(text)} is no whole number`);
    return undefined;
  }

  /** As Go's YAML reads a float: also `.inf` and `.nan`. */
  number(node: Node | undefined): number | undefined {
    const text = this.#scalar(node, "a number");
    if (text === undefined) return undefined;
    if (/^\.nan$/i.test(text)) return Number.NaN;
    if (/^[+-]?\.inf$/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const plain = text.replaceAll("_", "");
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) || /^0x[\da-f]+$/i.test(plain)) return Number(plain);
    this.fault(node, `${JSON.stringify(text)} is no number`);
    return undefined;
  }

  boolean(node: Node | undefined): boolean {
    const text = this.#scalar(node, "true or false");
    if (text === undefined || /^(false|no|off|n)$/i.test(text)) return false;
    if (/^(true|yes|on|y)$/i.test(text)) return true;
    this.fault(node, `${JSON.stringify(text)} is neither true nor false`);
    return false;
  }

  /** Text by name, in the file's order. */
  strings(node: Node | undefined, what: string): Map<string, string> {
    const entries = this.entries(node, what);
    return new Map([...entries].map(([name, { value }]) => [name, this.string(value)]));
  }

  /** What an alias stands for. */
  resolve(node: Node | undefined): Node | undefined {
    return this.#resolved(node);
  }

  #scalar(node: Node | undefined, what: string): string | undefined {
    const scalar = this.#resolved(node);
    if (isNull(scalar)) return undefined;
    if (isScalar(scalar)) return textOf(scalar);
    this.fault(scalar, `cannot read ${shapeOf(scalar)} as ${what}`);
    return undefined;
  }

  #resolved(node: Node | undefined): Node | undefined {
    if (!isAlias(node) || this.#document === undefined) return node;
    this.#aliases += 1;
    if (this.#aliases === MAX_ALIASES + 1) this.fault(node, `more than ${MAX_ALIASES} aliases are followed`);
    if (this.#aliases > MAX_ALIASES) return undefined;
    const target = node.resolve(this.#document);
    if (target === undefined) this.fault(node, `yaml: unknown anchor '${node.source}' referenced`);
    return target as Node | undefined;
  }
}

function isNull(node: Node | undefined): node is undefined {
  return node === undefined || node === null || (isScalar(node) && node.value === null && node.type === Scalar.PLAIN);
}

/** What is written, quotes and block marks resolved: `1` and `"1"` are the same text. */
function textOf(scalar: Scalar): string {
  return typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value));
}

function shapeOf(node: Node | undefined): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  return isScalar(node) ? JSON.stringify(textOf(node)) : "nothing";
}
