/**
 * What all panels have: a title, a sentence or two for whoever is woken by it, a unit, its queries, and links to the runbook of the
 * alerts that it belongs to.
 */
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  type Panel,
  type Threshold as Step,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { CRITICAL, OK, UNKNOWN, WARNING } from "./colours.ts";
import type { Query } from "./queries.ts";

/** Whatever Prometheus the reader chooses: one, or Haltwatch itself. */
export const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: `\${datasource}` };

export interface PanelContext {
  /** The pack whose runbook is linked. */
  readonly pack: string;
}

export type MakePanel = (context: PanelContext) => Builder<Panel>;

export interface PanelOptions {
  readonly title: string;
  /** What it is, and when to worry. */
  readonly description: string;
  /** Of Grafana's; `suffix: bps` for one that it does not have. */
  readonly unit: string;
  readonly decimals?: number;
  /** Of 24 columns. */
  readonly width?: number;
  /** Rows of about 30 pixels. */
  readonly height?: number;
  /** Alerts that it belongs to: links to their sections of the pack's runbook. */
  readonly alerts?: readonly string[];
  /** What stands there while there are no data. */
  readonly noValue?: string;
}

/** The part that the builders of all kinds of panels have. */
interface PanelBuilder extends Builder<Panel> {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  span(columns: number): this;
  height(rows: number): this;
  datasource(source: DataSourceRef): this;
  links(links: Builder<DashboardLink>[]): this;
  noValue(text: string): this;
  withTarget(query: Builder<Dataquery>): this;
}

/** How its queries are asked. */
type Asked = "range" | "instant" | "table";

export function dressed<B extends PanelBuilder>(
  builder: B,
  { pack }: PanelContext,
  options: PanelOptions,
  queries: readonly Query[],
  asked: Asked,
): B {
  const { title, description, unit, decimals, width = 8, height = 7, alerts = [], noValue } = options;
  builder.title(title).description(description).unit(unit).datasource(DATA_SOURCE).span(width).height(height);
  if (decimals !== undefined) builder.decimals(decimals);
  if (noValue !== undefined) builder.noValue(noValue);
  if (alerts.length > 0) builder.links(alerts.map((alert) => runbookLink(pack, alert)));
  for (const [index, [expr, legend]] of queries.entries())
    builder.withTarget(dataquery(expr, legend, String.fromCharCode(65 + index), asked));
  return builder;
}

function dataquery(expr: string, legend: string, refId: string, asked: Asked): Builder<Dataquery> {
  const query = new DataqueryBuilder().datasource(DATA_SOURCE).refId(refId).expr(flat(expr)).legendFormat(legend);
  if (asked === "range") return query.range();
  return asked === "table" ? query.instant().format(PromQueryFormat.Table) : query.instant();
}

/** On one line. */
function flat(expr: string): string {
  return expr.replaceAll(/\s+/g, " ").trim();
}

/** Where Haltwatch serves it; relative to where the page is, unless the dashboard's variable `haltwatch` says where that is. */
export function runbookUrl(pack: string, alert?: string): string {
  return `\${haltwatch}/packs/${pack}/RUNBOOK.md${alert === undefined ? "" : `#${alert.toLowerCase()}`}`;
}

function runbookLink(pack: string, alert: string): Builder<DashboardLink> {
  return new DashboardLinkBuilder(`Runbook: ${alert}`)
    .type(DashboardLinkType.Link)
    .url(runbookUrl(pack, alert))
    .targetBlank(true);
}

/** Colours from these values on; the first from the least. */
export function steps(...given: readonly (readonly [from: number | null, color: string])[]): Builder<ThresholdsConfig> {
  const all = given.map(([value, color]): Step => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all);
}

/** Texts and colours for single values. */
export function values(given: Readonly<Record<string, readonly [text: string, color: string]>>): ValueMapping[] {
  const options = Object.entries(given).map(
    ([value, [text, color]], index) => [value, { text, color, index }] as const,
  );
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

/** A text and a colour for all values from this one on. */
export function from(least: number, text: string, color: string): ValueMapping[] {
  return [{ type: MappingType.RangeToText, options: { from: least, to: null, result: { text, color } } }];
}

export const UP_OR_DOWN = values({ 1: ["up", OK], 0: ["down", CRITICAL] });
export const YES_OR_NO = values({ 1: ["yes", CRITICAL], 0: ["no", OK] });
/** Of `haltwatch_trading_state`. */
export const TRADING_STATES = values({ 0: ["ACTIVE", OK], 1: ["REDUCING", WARNING], 2: ["HALTED", CRITICAL] });
/** What is not mapped. */
export const UNMAPPED = steps([null, UNKNOWN]);
