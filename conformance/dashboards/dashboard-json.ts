/** Grafana's dashboard JSON as our tests read it: its panels, and its queries as Grafana would ask them. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Pack } from "@haltwatch/packs";

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
  readonly datasource?: { readonly type: string; readonly uid: string };
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

export interface ShownPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string }; readonly overrides: readonly Override[] };
  readonly links?: readonly { readonly url: string }[];
  readonly transformations?: readonly { readonly id: string }[];
  readonly repeat?: string;
}

interface ShownVariable {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query: string;
  readonly refresh?: number;
  readonly datasource?: { readonly uid: string };
}

interface ShownAnnotation {
  readonly name: string;
  readonly expr: string;
  readonly iconColor: string;
  readonly step: string;
  readonly useValueForTime?: boolean;
  readonly datasource: { readonly uid: string };
}

export interface ShownDashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly refresh: string;
  readonly panels: readonly ShownPanel[];
  readonly templating: { readonly list: readonly ShownVariable[] };
  readonly annotations: { readonly list: readonly ShownAnnotation[] };
  readonly links: readonly { readonly url?: string; readonly tags: readonly string[] }[];
}

/** A dashboard of a pack. */
export interface PackDashboard {
  readonly pack: Pack;
  /** Its file's name: `arb_qos`. */
  readonly file: string;
  readonly text: string;
  readonly json: ShownDashboard;
}

export function dashboardsOf(packs: readonly Pack[]): readonly PackDashboard[] {
  return packs.flatMap((pack) =>
    pack.dashboards.map((path) => {
      const text = readFileSync(path, "utf8");
      return { pack, file: basename(path, ".json"), text, json: JSON.parse(text) as ShownDashboard }; // of our own making
    }),
  );
}

/** Panels that show something. */
export function panelsOf({ panels }: ShownDashboard): readonly ShownPanel[] {
  return panels.filter(({ type }) => type !== "row");
}

export interface Shown {
  /** By variable, what is chosen: all of it, as `All` is. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly rangeMs: number;
  /** Between two points of a graph. */
  readonly stepMs: number;
  /** What the data source says targets are scraped at. */
  readonly scrapeMs: number;
}

/**
 * A query as Grafana's Prometheus data source sends it: several values as a regular expression, escaped, and the intervals as
 * `$__rate_interval` is documented: four scrapes at least, and one scrape more than a step.
 */
export function interpolated(text: string, { values, rangeMs, stepMs, scrapeMs }: Shown): string {
  const durations: Readonly<Record<string, number>> = {
    __rate_interval: Math.max(stepMs + scrapeMs, 4 * scrapeMs),
    __interval: stepMs,
    __range: rangeMs,
  };
  return text.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    const duration = durations[name];
    if (duration !== undefined) return `${duration}ms`;
    const chosen = values[name];
    if (chosen === undefined) return whole;
    const escaped = chosen.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\\\$&"));
    return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
  });
}

export interface Asked {
  /** `arb_qos: Fill ratio/A` */
  readonly where: string;
  readonly expr: string;
  readonly isInstant: boolean;
}

/** Every query, marks among them; those of a repeated row once for each value of its variable. */
export function queriesOf({ json, file }: PackDashboard, shown: Shown): readonly Asked[] {
  const found: Asked[] = [];
  let copies: readonly Shown[] = [shown];
  for (const { type, repeat = "", title, targets = [] } of json.panels) {
    if (type === "row") {
      const repeated = shown.values[repeat];
      copies = repeated?.map((value) => ({ ...shown, values: { ...shown.values, [repeat]: [value] } })) ?? [shown];
    }
    for (const copy of copies)
      for (const { refId, expr, instant } of targets)
        found.push({
          where: `${file}: ${interpolated(title, copy)}/${refId}`,
          expr: interpolated(expr, copy),
          isInstant: instant === true,
        });
  }
  for (const { name, expr } of json.annotations.list)
    found.push({ where: `${file}: mark: ${name}`, expr: interpolated(expr, shown), isInstant: false });
  return found;
}
