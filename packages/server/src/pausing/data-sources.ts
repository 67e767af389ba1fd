/**
 * Who sends the series that a selector asks for, and whether something new has come from them. It goes by that new samples come,
 * not by their timestamps: clocks may be set.
 */
import type { VectorSelector } from "@haltwatch/promql";
import type { Labels, Series, Store } from "@haltwatch/store";
import { seriesOf } from "../rules/rule-selectors.ts";

/** How a source's samples come: over a link, by scraping, or nobody knows how. */
export type Cadence =
  | { readonly kind: "link" }
  | { readonly kind: "scrape"; readonly intervalMs: number }
  | { readonly kind: "unknown" };

export interface DataSource {
  /** The bot's name, or else `job/instance`. */
  readonly name: string;
  /** Of one of its series: for the pause's scope. */
  readonly labels: Labels;
  readonly cadence: Cadence;
  /** Time of the newest sample that is known, Unix milliseconds. */
  lastMs: number;
  series: readonly Series[];
}

export class SelectedSources {
  readonly #selector: VectorSelector;
  readonly #sources = new Map<string, DataSource>();

  constructor(selector: VectorSelector) {
    this.#selector = selector;
  }

  /** Looks again which series there are. @returns sources that are new */
  refresh(store: Store, cadenceOf: (labels: Labels) => Cadence): DataSource[] {
    const byName = new Map<string, Series[]>();
    for (const series of seriesOf(store, this.#selector)) {
      const name = sourceName(series.labels);
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [series]);
      else same.push(series);
    }
    const added: DataSource[] = [];
    for (const [name, series] of byName) {
      const known = this.#sources.get(name);
      const labels = (series.find(({ isStale }) => !isStale) ?? series[0])?.labels;
      if (labels === undefined) continue;
      const source = { name, labels, cadence: cadenceOf(labels), lastMs: known?.lastMs ?? newest(series), series };
      this.#sources.set(name, source);
      if (known === undefined) added.push(source);
    }
    for (const name of this.#sources.keys()) if (!byName.has(name)) this.#sources.delete(name);
    return added;
  }

  get(name: string): DataSource | undefined {
    return this.#sources.get(name);
  }

  /** Sources from which something has come since this was asked last. */
  takeArrived(): string[] {
    const arrived: string[] = [];
    for (const source of this.#sources.values()) {
      const { lastMs } = source;
      const found = source.series.find((one) => !one.isStale && one.lastMs > lastMs);
      if (found === undefined) continue;
      source.lastMs = found.lastMs;
      arrived.push(source.name);
    }
    return arrived;
  }
}

function sourceName(labels: Labels): string {
  return labels.get("bot") || `${labels.get("job")}/${labels.get("instance")}`;
}

function newest(series: readonly Series[]): number {
  return series.reduce((last, { lastMs }) => Math.max(last, lastMs), Number.NEGATIVE_INFINITY);
}
