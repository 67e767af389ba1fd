/**
 * Any dashboard that Grafana wrote, as a {@link Dashboard}: the classic JSON of its files (all years), the same inside what its API
 * answers (`dashboard`) or its Kubernetes-like resources (`spec`).
 */
import {
  at,
  boundedJson,
  DashboardError,
  flagOf,
  isObject,
  type Json,
  type JsonObject,
  objectsOf,
  textOf,
  textsOf,
} from "./json.ts";
import type { AnnotationQuery, Dashboard, DashboardLink, Panel } from "./model.ts";
import { panelsOfRows } from "./old-rows.ts";
import { isPrometheus, readDatasource, readPanel } from "./read-panel.ts";
import { readVariables } from "./read-variables.ts";

const MAX_PANELS = 500;
const MAX_ANNOTATIONS = 50;
const MAX_LINKS = 100;

/** @throws {DashboardError} if it is no dashboard, or one that is too large */
export function readDashboard(json: unknown): Dashboard {
  const from = unwrapped(boundedJson(json));
  const notes: string[] = [];
  const panels = readPanels(from, notes);
  const time = from["time"];
  return {
    uid: textOf(from["uid"], 200) ?? "",
    title: textOf(from["title"], 1000) || "Dashboard without a title",
    description: textOf(from["description"], 10_000) ?? "",
    tags: textsOf(from["tags"], 100),
    time: { from: textOf(at(time, "from"), 100) ?? "now-6h", to: textOf(at(time, "to"), 100) ?? "now" },
    refresh: textOf(from["refresh"], 50) ?? "",
    timeZone: textOf(from["timezone"], 100) || "browser",
    crosshair: crosshairOf(from),
    links: readLinks(from["links"]),
    annotations: readAnnotations(at(from, "annotations", "list"), notes),
    variables: readVariables(at(from, "templating", "list")),
    panels,
    notes,
  };
}

function unwrapped(json: Json): JsonObject {
  if (!isObject(json)) {
    throw new DashboardError("NO_DASHBOARD", "this is no dashboard", "Export one from Grafana as JSON");
  }
  const inner = isObject(json["dashboard"]) ? json["dashboard"] : isObject(json["spec"]) ? json["spec"] : json;
  if (isObject(inner["elements"]) && inner["layout"] !== undefined) {
    throw new DashboardError(
      "NEW_SCHEMA",
      "this dashboard is in Grafana's schema v2",
      "Export it again, with the model set to Classic",
    );
  }
  const hasPanels = Array.isArray(inner["panels"]) || Array.isArray(inner["rows"]);
  if (!hasPanels && textOf(inner["title"]) === undefined) {
    throw new DashboardError(
      "NO_DASHBOARD",
      "this JSON has neither panels nor a title",
      "Export a dashboard from Grafana as JSON",
    );
  }
  return inner;
}

function readPanels(from: JsonObject, notes: string[]): readonly Panel[] {
  const list = Array.isArray(from["panels"]) ? objectsOf(from["panels"], MAX_PANELS + 1) : panelsOfRows(from["rows"]);
  let count = 0;
  const ids = new Set<string>();
  const read = (jsons: readonly JsonObject[]): readonly Panel[] => {
    const panels: Panel[] = [];
    for (const json of jsons) {
      if (count >= MAX_PANELS) {
        if (count === MAX_PANELS) notes.push(`More than ${MAX_PANELS} panels: the rest is left out`);
        count = MAX_PANELS + 1;
        break;
      }
      count++;
      const panel = readPanel(json, count, read);
      let id = panel.id;
      for (let copy = 2; ids.has(id); copy++) id = `${panel.id}-${copy}`;
      ids.add(id);
      panels.push(id === panel.id ? panel : { ...panel, id });
    }
    return panels;
  };
  return read(list);
}

function crosshairOf(from: JsonObject): Dashboard["crosshair"] {
  const mode = from["graphTooltip"];
  if (mode === 1 || from["sharedCrosshair"] === true) return "shared";
  return mode === 2 ? "tooltip" : "alone";
}

function readLinks(json: Json | undefined): readonly DashboardLink[] {
  return objectsOf(json, MAX_LINKS).map((one) => ({
    title: textOf(one["title"], 500) ?? "",
    kind: one["type"] === "dashboards" ? "dashboards" : "link",
    url: textOf(one["url"], 4000) ?? "",
    tags: textsOf(one["tags"], 50),
    tooltip: textOf(one["tooltip"], 1000) ?? "",
    opensNewTab: flagOf(one["targetBlank"]),
    keepsTime: flagOf(one["keepTime"]),
    keepsVariables: flagOf(one["includeVars"]),
  }));
}

function readAnnotations(json: Json | undefined, notes: string[]): readonly AnnotationQuery[] {
  return objectsOf(json, MAX_ANNOTATIONS).flatMap((one): readonly AnnotationQuery[] => {
    const name = textOf(one["name"], 500) ?? "";
    const expr = textOf(one["expr"]) ?? textOf(at(one, "target", "expr")) ?? "";
    const datasource = readDatasource(one["datasource"]);
    // Grafana puts its own annotations into every dashboard: nothing is missed without them.
    if (one["builtIn"] === 1 || (expr === "" && !isPrometheus(datasource))) return [];
    if (expr === "" || !isPrometheus(datasource)) {
      notes.push(`Annotations "${name}" are not shown: they are no Prometheus query`);
      return [];
    }
    return [
      {
        name,
        expr,
        isEnabled: flagOf(one["enable"], true),
        isHidden: flagOf(one["hide"]),
        color: textOf(one["iconColor"], 100) ?? "blue",
        titleFormat: textOf(one["titleFormat"], 1000) ?? "",
        textFormat: textOf(one["textFormat"], 2000) ?? "",
        tagKeys: (textOf(one["tagKeys"], 500) ?? "").split(",").flatMap((key) => key.trim() || []),
        step: textOf(one["step"], 50) ?? "",
        usesValueForTime: one["useValueForTime"] === true || one["useValueForTime"] === "on",
        datasource,
      },
    ];
  });
}
