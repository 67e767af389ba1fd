/** One panel of Grafana's JSON, of any age. */
import {
  at,
  countOf,
  flagOf,
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
} from "./json.ts";
import { migratedPanel } from "./migrate-panel.ts";
import {
  type DatasourceRef,
  type GridPosition,
  PANEL_KINDS,
  type Panel,
  type PanelKind,
  type Target,
  type Transformation,
} from "./model.ts";
import { readDataLinks, readFieldConfig, readOverrides } from "./read-field-config.ts";

export const GRID_COLUMNS = 24;
const MAX_HEIGHT = 200;
const MAX_ROW = 100_000;
const MAX_TARGETS = 100;
const MAX_TRANSFORMATIONS = 50;

/** Kinds of datasource whose queries are PromQL. A variable, or nothing, stands for one of them as well. */
const PROMETHEUS_TYPES =
  /^(?:|haltwatch|prometheus|.*prometheus.*|mimir|cortex|thanos|victoriametrics.*|grafana-amazonprometheus.*)$/;

/**
 * @param index its place among all panels, for those without an id
 * @param readInner reads the panels of a collapsed row
 */
export function readPanel(
  json: JsonObject,
  index: number,
  readInner: (panels: readonly JsonObject[]) => readonly Panel[],
): Panel {
  const from = migratedPanel(json);
  const type = textOf(from["type"], 200) ?? "";
  const datasource = readDatasource(from["datasource"]);
  const kind = kindOf(type, from);
  const id = textOf(from["id"], 100);
  return {
    id: id === undefined || id === "" || id === "0" ? `p${index}` : id,
    kind,
    type: kind === "missing" ? libraryName(from) : type,
    title: textOf(from["title"], 1000) ?? "",
    description: textOf(from["description"], 10_000) ?? "",
    grid: readGrid(from["gridPos"]),
    isTransparent: flagOf(from["transparent"]),
    targets: kind === "text" || kind === "row" ? [] : readTargets(from["targets"], datasource),
    datasource,
    fieldDefaults: readFieldConfig(at(from, "fieldConfig", "defaults")),
    overrides: readOverrides(at(from, "fieldConfig", "overrides")),
    options: objectOf(from["options"]),
    transformations: readTransformations(from["transformations"]),
    links: readDataLinks(from["links"]),
    repeat: textOf(from["repeat"], 200) ?? "",
    repeatsDown: from["repeatDirection"] === "v",
    maxPerRow: countOf(from["maxPerRow"], { least: 1, most: GRID_COLUMNS, otherwise: 4 }),
    interval: textOf(from["interval"], 100) ?? "",
    maxDataPoints: positive(numberOf(from["maxDataPoints"])),
    timeFrom: textOf(from["timeFrom"], 100) ?? "",
    timeShift: textOf(from["timeShift"], 100) ?? "",
    hidesTimeOverride: flagOf(from["hideTimeOverride"]),
    isCollapsed: kind === "row" && flagOf(from["collapsed"]),
    panels: kind === "row" ? readInner(objectsOf(from["panels"], 500)) : [],
    scope: new Map(),
  };
}

function kindOf(type: string, from: JsonObject): PanelKind {
  const known = PANEL_KINDS.find((one) => one === type);
  if (known !== undefined) return known;
  return isObject(from["libraryPanel"]) && type === ""
    ? "missing"
    : type === "library-panel-ref"
      ? "missing"
      : "unknown";
}

function libraryName(from: JsonObject): string {
  return textOf(at(from, "libraryPanel", "name"), 500) ?? textOf(at(from, "libraryPanel", "uid"), 500) ?? "";
}

/** A text is a name or a uid, `-- Mixed --`, or a variable. */
export function readDatasource(json: Json | undefined): DatasourceRef {
  if (typeof json === "string") return { type: "", uid: json.slice(0, 500) };
  return { type: textOf(at(json, "type"), 200) ?? "", uid: textOf(at(json, "uid"), 500) ?? "" };
}

/** Whether the page can ask it: Haltwatch speaks Prometheus, and so each of these stands for Haltwatch. */
export function isPrometheus({ type, uid }: DatasourceRef): boolean {
  return PROMETHEUS_TYPES.test(type) && uid !== "-- Grafana --" && uid !== "-- Dashboard --" && uid !== "__expr__";
}

function readGrid(json: Json | undefined): GridPosition {
  const from = objectOf(json);
  const w = countOf(from["w"], { least: 1, most: GRID_COLUMNS, otherwise: 12 });
  return {
    w,
    h: countOf(from["h"], { least: 1, most: MAX_HEIGHT, otherwise: 8 }),
    x: countOf(from["x"], { least: 0, most: GRID_COLUMNS - w, otherwise: 0 }),
    y: countOf(from["y"], { least: 0, most: MAX_ROW, otherwise: MAX_ROW }),
  };
}

function readTargets(json: Json | undefined, fallback: DatasourceRef): readonly Target[] {
  return objectsOf(json, MAX_TARGETS).map((from, index) => {
    const own = readDatasource(from["datasource"]);
    const datasource = own.type === "" && own.uid === "" ? fallback : own;
    const expr = textOf(from["expr"], 20_000) ?? "";
    const isInstant = flagOf(from["instant"]);
    const format = textOf(from["format"], 50);
    return {
      refId: textOf(from["refId"], 50) || letterOf(index),
      expr,
      legendFormat: textOf(from["legendFormat"], 2000) ?? "",
      format: format === "table" || format === "heatmap" ? format : "time_series",
      isInstant,
      // Old dashboards say nothing, and mean a range.
      isRange: flagOf(from["range"], !isInstant),
      isHidden: flagOf(from["hide"]),
      interval: textOf(from["interval"], 100) ?? textOf(from["step"], 100) ?? "",
      intervalFactor: countOf(from["intervalFactor"], { least: 1, most: 1000, otherwise: 1 }),
      datasource,
      foreign: foreignOf(from, datasource, expr),
    };
  });
}

/** What kind of query it is, if it is none in PromQL. */
function foreignOf(from: JsonObject, datasource: DatasourceRef, expr: string): string | undefined {
  if (datasource.uid === "__expr__" || datasource.type === "__expr__") {
    return `an expression of Grafana's server (${textOf(from["type"], 50) ?? "math"})`;
  }
  if (datasource.uid === "-- Dashboard --") return "another panel's data";
  if (datasource.uid === "-- Grafana --" && expr === "") return "Grafana's own data";
  if (!isPrometheus(datasource)) return `a query of ${datasource.type === "" ? datasource.uid : datasource.type}`;
  return undefined;
}

function readTransformations(json: Json | undefined): readonly Transformation[] {
  return objectsOf(json, MAX_TRANSFORMATIONS)
    .filter((one) => one["disabled"] !== true)
    .map((one) => {
      const filter = at(one, "filter", "options");
      return {
        id: textOf(one["id"], 100) ?? "",
        options: objectOf(one["options"]),
        refId: textOf(filter, 200) ?? "",
      };
    });
}

function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `Q${index}`;
}

function positive(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : Math.min(11_000, value);
}
