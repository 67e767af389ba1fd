/** A series' labels: names in order, no empty values. Immutable. */

export const METRIC_NAME = "__name__";

/** Of labels that were derived from others, so many are remembered: what rules and dashboards ask again and again. */
const MAX_REMEMBERED = 6;

/** Names and values in turn, names ascending: `["__name__", "up", "job", "bot"]`. */
export class Labels {
  /** No labels. Not a static field: TypeScript 7.0 emits one that refers to its class before the class is there. */
  static get EMPTY(): Labels {
    return new Labels([]);
  }

  readonly #pairs: readonly string[];
  #key: string | undefined;
  #withoutName: Labels | undefined;
  #derived: Map<string, Labels> | undefined;

  private constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  /** Labels whose value is empty are left out: an empty label is an absent one. */
  static from(labels: Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>): Labels {
    const entries = Symbol.iterator in labels ? [...labels] : Object.entries(labels);
    const kept = entries.filter(([, value]) => value !== "").sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return kept.length === 0 ? Labels.EMPTY : new Labels(kept.flat());
  }

  get size(): number {
    return this.#pairs.length / 2;
  }

  /** The same text for the same labels, and for no others. */
  get key(): string {
    this.#key ??= keyOf(this.#pairs);
    return this.#key;
  }

  /** The value; empty if there is no such label. */
  get(name: string): string {
    for (let i = 0; i < this.#pairs.length; i += 2) if (this.#pairs[i] === name) return this.#pairs[i + 1] ?? "";
    return "";
  }

  has(name: string): boolean {
    return this.get(name) !== "";
  }

  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (let i = 0; i < this.#pairs.length; i += 2) yield [this.#pairs[i] ?? "", this.#pairs[i + 1] ?? ""];
  }

  /** Those of these names only. */
  keep(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => names.has(name));
  }

  /** All but those of these names. */
  drop(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => !names.has(name));
  }

  /** Without the metric's name. */
  dropName(): Labels {
    this.#withoutName ??= this.has(METRIC_NAME) ? this.#filter((name) => name !== METRIC_NAME) : this;
    return this.#withoutName;
  }

  /**
   * What `make` makes of these labels, remembered under the key: a series' labels live as long as it does, and are derived from
   * at each query.
   */
  derived(key: string, make: (labels: Labels) => Labels): Labels {
    const known = this.#derived?.get(key);
    if (known !== undefined) return known;
    const made = make(this);
    this.remember(key, made);
    return made;
  }

  /** What was remembered under this key, or `undefined`. */
  remembered(key: string): Labels | undefined {
    return this.#derived?.get(key);
  }

  remember(key: string, derived: Labels): void {
    this.#derived ??= new Map();
    if (this.#derived.size >= MAX_REMEMBERED) this.#derived.clear();
    this.#derived.set(key, derived);
  }

  /** With this label set to this value, or taken out if the value is empty. */
  with(name: string, value: string): Labels {
    if (this.get(name) === value) return this;
    const pairs: string[] = [];
    let isPlaced = value === "";
    for (let i = 0; i < this.#pairs.length; i += 2) {
      const other = this.#pairs[i] ?? "";
      if (!isPlaced && other >= name) {
        pairs.push(name, value);
        isPlaced = true;
      }
      if (other !== name) pairs.push(other, this.#pairs[i + 1] ?? "");
    }
    if (!isPlaced) pairs.push(name, value);
    return pairs.length === 0 ? Labels.EMPTY : new Labels(pairs);
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this);
  }

  /** As Prometheus writes a series: `up{job="bot"}`. */
  toString(): string {
    const name = this.get(METRIC_NAME);
    const rest = [...this]
      .filter(([label]) => label !== METRIC_NAME)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return rest.length === 0 && name !== "" ? name : `${name}{${rest.join(", ")}}`;
  }

  #filter(keep: (name: string) => boolean): Labels {
    const pairs: string[] = [];
    for (let i = 0; i < this.#pairs.length; i += 2) {
      const name = this.#pairs[i] ?? "";
      if (keep(name)) pairs.push(name, this.#pairs[i + 1] ?? "");
    }
    if (pairs.length === this.#pairs.length) return this;
    return pairs.length === 0 ? Labels.EMPTY : new Labels(pairs);
  }
}

/** No name and hardly a value holds the separator; where one does, JSON keeps different labels apart. */
function keyOf(pairs: readonly string[]): string {
  return pairs.some((part) => part.includes("\0")) ? `\0${JSON.stringify(pairs)}` : pairs.join("\0");
}
