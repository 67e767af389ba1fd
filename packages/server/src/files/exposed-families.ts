/**
 * The metric families of a body in the text format, as prometheus/common sees them (expfmt, text_parse.go), which is stricter than
 * a scrape: a family's help and type are told once, and before its samples.
 */

import { type Labels, METRIC_NAME } from "@haltwatch/store";
import { ExpositionError, placeOf } from "../exposition/exposition-error.ts";
import type { FamilyMetadata, FamilyType } from "../exposition/exposition-parser.ts";
import { NEWLINE } from "../exposition/lexemes.ts";
import { PrometheusTextParser } from "../exposition/prometheus-text.ts";
import { numberIn } from "../exposition/read-number.ts";

export interface ExposedFamily {
  readonly name: string;
  readonly type: FamilyType;
  readonly hasHelp: boolean;
  /** Of all of its samples, without `le` of a histogram and `quantile` of a summary. */
  readonly labelNames: ReadonlySet<string>;
  /** A series is there twice. */
  readonly hasDuplicates: boolean;
}

/**
 * Families that have samples.
 *
 * @throws {ExpositionError} with line and column
 */
export function exposedFamilies(body: Uint8Array): ExposedFamily[] {
  const reading = new FamilyReading(body);
  reading.run();
  // A scrape takes it; the format's description does not.
  if (body.length > 0 && body.at(-1) !== NEWLINE) {
    const hint = "End each line with one, the last as well";
    throw new ExpositionError("BAD_EXPOSITION", "no line break at the end", hint, placeOf(body, body.length));
  }
  return reading.families();
}

interface GrowingFamily {
  readonly name: string;
  type: FamilyType | undefined;
  hasHelp: boolean;
  readonly labelNames: Set<string>;
  readonly series: Set<string>;
  hasDuplicates: boolean;
}

class FamilyReading {
  readonly #parser = new PrometheusTextParser();
  readonly #families = new Map<string, GrowingFamily>();

  constructor(body: Uint8Array) {
    this.#parser.start(body);
  }

  run(): void {
    for (let kind = this.#parser.next(); kind !== "end"; kind = this.#parser.next()) {
      if (kind === "sample") this.#sample(this.#parser.labels());
      else if (kind !== "comment") this.#describe(this.#parser.metadata());
    }
  }

  families(): ExposedFamily[] {
    return [...this.#families.values()]
      .filter(({ series }) => series.size > 0)
      .map((family) => ({ ...family, type: family.type ?? "unknown" }));
  }

  #describe({ kind, family: name, text }: FamilyMetadata): void {
    if (text === "") return;
    const family = this.#familyOf(name);
    if (kind === "help") {
      if (family.hasHelp) this.#fail(`a second HELP line for ${JSON.stringify(name)}`, "Tell a metric's help once");
      family.hasHelp = true;
    } else {
      if (family.type !== undefined) {
        const reason = `a second TYPE line for ${JSON.stringify(name)}, or one after its samples`;
        this.#fail(reason, "Tell a metric's type once, and before its samples");
      }
      family.type = text as FamilyType; // the parser takes no other
    }
  }

  #sample(labels: Labels): void {
    const family = this.#familyOf(labels.get(METRIC_NAME));
    family.type ??= "unknown";
    const bound = BOUND_LABELS[family.type];
    for (const [name, value] of labels) {
      if (name === METRIC_NAME) continue;
      if (name !== bound) family.labelNames.add(name);
      else if (numberIn(Buffer.from(value), 0, value.length) === undefined) {
        this.#fail(`${JSON.stringify(value)} is no number for the label ${name}`, "Write the bound as 0.5 or +Inf");
      }
    }
    const size = family.series.size;
    family.series.add(labels.key);
    if (family.series.size === size) family.hasDuplicates = true;
  }

  /** The family of this name; else the summary or histogram that it belongs to by its suffix; else a new one. */
  #familyOf(name: string): GrowingFamily {
    const own = this.#families.get(name);
    if (own !== undefined) return own;
    const base = this.#families.get(name.replace(/_(?:bucket|count|sum)$/, ""));
    if (base?.type === "histogram" || (base?.type === "summary" && !name.endsWith("_bucket"))) return base;
    const made: GrowingFamily = {
      name,
      type: undefined,
      hasHelp: false,
      labelNames: new Set(),
      series: new Set(),
      hasDuplicates: false,
    };
    this.#families.set(name, made);
    return made;
  }

  #fail(reason: string, hint: string): never {
    const { bytes, entryStart } = this.#parser;
    throw new ExpositionError("BAD_EXPOSITION", reason, hint, placeOf(bytes, entryStart));
  }
}

const BOUND_LABELS: Partial<Record<FamilyType, string>> = { histogram: "le", summary: "quantile" };
