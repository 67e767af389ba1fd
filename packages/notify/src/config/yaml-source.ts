/** A YAML file as plain values, in which each value's place is known. */
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import { NotifyError } from "../notify-error.ts";
import type { ConfigPath, ConfigPlaces, Place } from "./config-places.ts";

/** How often an anchor may be used: a small file can otherwise mean a very large one. */
const MAX_ALIASES = 1000;

export class YamlSource implements ConfigPlaces {
  readonly file: string;
  /** All scalars as the text that they are: labels and durations are texts, whatever they look like. */
  readonly content: unknown;
  /** Numbers and booleans as such. */
  readonly typed: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  /** @throws {NotifyError} `BAD_YAML` */
  constructor(text: string, file: string) {
    this.file = file;
    const options = { merge: true, prettyErrors: false, logLevel: "error" } as const;
    this.#document = parseDocument(text, { ...options, lineCounter: this.#lines, schema: "failsafe" });
    const [error] = this.#document.errors;
    if (error !== undefined) throw this.#badYaml(error.message, this.#placeAt(error.pos[0]), error);
    try {
      this.content = this.#document.toJS({ maxAliasCount: MAX_ALIASES });
      this.typed = parseDocument(text, { ...options, schema: "core" }).toJS({ maxAliasCount: MAX_ALIASES });
    } catch (cause) {
      throw this.#badYaml(cause instanceof Error ? cause.message : String(cause), { line: 1, column: 1 }, cause);
    }
  }

  placeOf(path: ConfigPath): Place {
    for (let depth = path.length; depth >= 0; depth--) {
      const node: unknown = depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range != null) return this.#placeAt(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  placeOfKey(path: ConfigPath): Place {
    const parent: unknown = path.length <= 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    for (const pair of isMap(parent) ? parent.items : []) {
      if (!isPair(pair) || !isScalar(pair.key) || pair.key.value !== path.at(-1)) continue;
      if (pair.key.range != null) return this.#placeAt(pair.key.range[0]);
    }
    return this.placeOf(path);
  }

  #badYaml(message: string, place: Place, cause: unknown): NotifyError {
    return new NotifyError("BAD_YAML", message, { file: this.file, ...place, hint: "Mend the YAML there", cause });
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
