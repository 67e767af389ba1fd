/** A YAML file as plain values, in which each value's place is known. All scalars are text, as whoever wants numbers reads them. */
import { ConfigError } from "@haltwatch/bot";
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export class YamlFile {
  readonly file: string;
  /** Mappings, lists and text. */
  readonly content: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  /** @throws {ConfigError} `BAD_YAML` */
  constructor(text: string, file: string) {
    this.file = file;
    const options = { lineCounter: this.#lines, schema: "failsafe", merge: true, prettyErrors: false } as const;
    this.#document = parseDocument(text, { ...options, logLevel: "error" });
    const [error] = this.#document.errors;
    if (error !== undefined) throw this.#badYaml(error.message, this.#placeAt(error.pos[0]), error);
    try {
      this.content = this.#document.toJS({ maxAliasCount: 1000 }) ?? {};
    } catch (cause) {
      throw this.#badYaml(cause instanceof Error ? cause.message : String(cause), { line: 1, column: 1 }, cause);
    }
  }

  /** As people write a path: `scrape_configs[0].static_configs`. */
  static keyOf(path: readonly PropertyKey[]): string {
    return path.reduce<string>((key, part) => {
      if (typeof part === "number") return `${key}[${part}]`;
      return key === "" ? String(part) : `${key}.${String(part)}`;
    }, "");
  }

  /** Where the value begins, or else what it would be in. */
  placeOf(path: readonly PropertyKey[]): Place {
    for (let depth = path.length; depth >= 0; depth--) {
      const node: unknown = depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range != null) return this.#placeAt(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** Where its key begins. */
  placeOfKey(path: readonly PropertyKey[]): Place {
    const last = path.at(-1);
    const parent: unknown = path.length <= 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (isMap(parent)) {
      for (const pair of parent.items) {
        if (!isPair(pair) || !isScalar(pair.key) || String(pair.key.value) !== last) continue;
        if (pair.key.range != null) return this.#placeAt(pair.key.range[0]);
      }
    }
    return this.placeOf(path);
  }

  /** What is wrong with the value at this path. */
  fault(path: readonly PropertyKey[], code: string, message: string, hint: string, place?: Place): ConfigError {
    return new ConfigError(code, message, {
      file: this.file,
      ...(place ?? this.placeOf(path)),
      key: YamlFile.keyOf(path),
      hint,
    });
  }

  #badYaml(message: string, place: Place, cause: unknown): ConfigError {
    return new ConfigError("BAD_YAML", message, { file: this.file, ...place, hint: "Mend the YAML there", cause });
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
