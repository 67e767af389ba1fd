/** A dashboard as the page shows it: what was read from Grafana's JSON of any age, with everything in its place and within bounds. */
import type { JsonObject } from "./json.ts";

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** What it opens with: `now-6h`, `now`. */
  readonly time: { readonly from: string; readonly to: string };
  /** `30s`; empty: not by itself. */
  readonly refresh: string;
  /** `browser`, `utc` or a name. */
  readonly timeZone: string;
  /** Whether the pointer is shown in all charts, and its values too. */
  readonly crosshair: "alone" | "shared" | "tooltip";
  readonly links: readonly DashboardLink[];
  readonly annotations: readonly AnnotationQuery[];
  readonly variables: readonly Variable[];
  readonly panels: readonly Panel[];
  /** What was left out or means something else than its author may think. */
  readonly notes: readonly string[];
}

export interface DashboardLink {
  readonly title: string;
  readonly kind: "link" | "dashboards";
  readonly url: string;
  readonly tags: readonly string[];
  readonly tooltip: string;
  readonly opensNewTab: boolean;
  readonly keepsTime: boolean;
  readonly keepsVariables: boolean;
}

export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly opensNewTab: boolean;
}

export interface AnnotationQuery {
  readonly name: string;
  readonly expr: string;
  readonly isEnabled: boolean;
  readonly isHidden: boolean;
  readonly color: string;
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly tagKeys: readonly string[];
  readonly step: string;
  readonly usesValueForTime: boolean;
  readonly datasource: DatasourceRef;
}

/** `type` and `uid` may hold variables. */
export interface DatasourceRef {
  readonly type: string;
  readonly uid: string;
}

export type VariableKind =
  | "query"
  | "custom"
  | "interval"
  | "datasource"
  | "constant"
  | "textbox"
  | "adhoc"
  | "groupby"
  | "switch"
  | "system"
  | "unknown";

export interface VariableOption {
  readonly text: string;
  readonly value: string;
}

export interface Variable {
  readonly name: string;
  readonly kind: VariableKind;
  /** As it is called in the file. */
  readonly type: string;
  readonly label: string;
  readonly description: string;
  readonly hide: "nothing" | "label" | "everything";
  /** PromQL function, list of words, kind of datasource, or the text, by kind. */
  readonly query: string;
  readonly regex: string;
  readonly sort: number;
  readonly isMulti: boolean;
  readonly hasAll: boolean;
  /** What "all" stands for in queries; empty: every value there is. */
  readonly allValue: string;
  readonly options: readonly VariableOption[];
  /** What it was saved with. */
  readonly current: readonly string[];
  /** Whether its values depend on the time range. */
  readonly refreshesOnTime: boolean;
  readonly auto: { readonly count: number; readonly least: string } | undefined;
  readonly isInUrl: boolean;
}

/** What the page draws. `missing` is a library panel whose definition is not in the file, `unknown` any type but these. */
export const PANEL_KINDS = [
  "timeseries",
  "stat",
  "gauge",
  "bargauge",
  "table",
  "state-timeline",
  "status-history",
  "heatmap",
  "histogram",
  "barchart",
  "piechart",
  "text",
  "logs",
  "alertlist",
  "row",
] as const;

export type PanelKind = (typeof PANEL_KINDS)[number] | "missing" | "unknown";

/** In units of 1/24 of the width, and of 38 px. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Panel {
  /** Unique in the dashboard, also for repeated ones. */
  readonly id: string;
  readonly kind: PanelKind;
  /** As it is called in the file: `grafana-worldmap-panel`. */
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly grid: GridPosition;
  readonly isTransparent: boolean;
  readonly targets: readonly Target[];
  readonly datasource: DatasourceRef;
  readonly fieldDefaults: FieldConfig;
  readonly overrides: readonly FieldOverride[];
  readonly options: JsonObject;
  readonly transformations: readonly Transformation[];
  readonly links: readonly DataLink[];
  readonly repeat: string;
  readonly repeatsDown: boolean;
  readonly maxPerRow: number;
  /** Least step; empty: none. */
  readonly interval: string;
  readonly maxDataPoints: number | undefined;
  /** `1h`: this panel's own range. */
  readonly timeFrom: string;
  readonly timeShift: string;
  readonly hidesTimeOverride: boolean;
  /** Of rows: whether what is in it is folded away. */
  readonly isCollapsed: boolean;
  /** Of collapsed rows. */
  readonly panels: readonly Panel[];
  /** Values of variables that hold in it alone: what it was repeated for. */
  readonly scope: ReadonlyMap<string, VariableOption>;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: "time_series" | "table" | "heatmap";
  readonly isInstant: boolean;
  readonly isRange: boolean;
  readonly isHidden: boolean;
  /** Least step. */
  readonly interval: string;
  readonly intervalFactor: number;
  readonly datasource: DatasourceRef;
  /** A query that is not PromQL: an expression of Grafana's, another store's. */
  readonly foreign: string | undefined;
}

export interface Transformation {
  readonly id: string;
  readonly options: JsonObject;
  /** The queries it is for; empty: all. */
  readonly refId: string;
}

export interface FieldColor {
  readonly mode: string;
  readonly fixed: string;
  /** Which value of a series gives its colour. */
  readonly seriesBy: "last" | "min" | "max";
}

export interface Threshold {
  /** `-Infinity` for the first. */
  readonly value: number;
  readonly color: string;
}

export interface Thresholds {
  readonly mode: "absolute" | "percentage";
  readonly steps: readonly Threshold[];
}

export interface MappedValue {
  readonly text: string | undefined;
  readonly color: string | undefined;
}

export type ValueMapping =
  | { readonly kind: "value"; readonly results: ReadonlyMap<string, MappedValue> }
  | { readonly kind: "range"; readonly from: number; readonly to: number; readonly result: MappedValue }
  | { readonly kind: "regex"; readonly pattern: string; readonly result: MappedValue }
  | {
      readonly kind: "special";
      readonly match: "null" | "nan" | "null+nan" | "true" | "false" | "empty";
      readonly result: MappedValue;
    };

export interface FieldConfig {
  readonly displayName: string;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly noValue: string;
  readonly color: FieldColor | undefined;
  readonly thresholds: Thresholds | undefined;
  readonly mappings: readonly ValueMapping[];
  readonly links: readonly DataLink[];
  /** What only one kind of panel knows. */
  readonly custom: JsonObject;
}

export interface FieldOverride {
  readonly matcher: string;
  readonly matcherOptions: JsonObject | string;
  readonly properties: readonly { readonly id: string; readonly value: JsonObject[string] }[];
}
